package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Platform is one simulated platform with its own inventory, started for one run. Its methods are safe for concurrent use.
type Platform interface {
	// Plan draws what a run is about: the configurations that it applies one after the other.
	Plan(random *rand.Rand) Plan
	// Faults lists what can happen, in a fixed order.
	Faults() []Fault
	// Environment is added to the environment of each command, as "NAME=value".
	Environment() []string

	// Objects lists the objects created since the beginning, also those that another client created.
	Objects() []Object
	// Foreign lists what other clients made that looks like a resource's object and is none. It is not among the Objects.
	Foreign() []Foreign
	// Discard deletes an object as its user does outside Terraform.
	Discard(ctx context.Context, id string) error
	// Creations counts the tasks that made an object since the platform began, by what they made: kind and name.
	Creations() map[string]int
	// Calm ends all faults, releases what is held, and returns when no task runs and no request is in progress any more. The
	// clients must have ended.
	Calm(ctx context.Context) error
	// Remains lists what clients have left open on the server: sessions, collectors.
	Remains() []string
	// Secrets are texts that must appear in no log, state or output, by a description of each.
	Secrets() map[string]string

	// Close ends the platform.
	Close()
}

// Object is one object in the platform's inventory.
type Object struct {
	ID string // as in the state's id
	// Name tells objects apart that a plan makes: it is the [Resource.Object] of the resource that makes it.
	Name string
	// ImportID is the id of an import block that adopts it; empty for an object that no resource manages.
	ImportID string
	// Of is the id of the object that it was created with, where it is only a part: a data volume that is left of a clone. Such
	// a part is in state where the object's instance lists it; Name is then the object's.
	Of string
	// Former are ids that it had: the platform may give it another one. A state that was not refreshed since has one of them.
	Former []string
	// Renamed says that another client renamed it, and that the provider may know nothing but its old name.
	Renamed bool
	// Away says that another client renamed or moved it: the name that its resource asks for may be free.
	Away bool
}

// Foreign is an object of another client, which no run may take, change or delete.
type Foreign struct {
	ID, Name string
	UUID     string // what identifies it whatever its id, where the state tells that of a resource; else empty
	Harm     string // what was done to it; empty while it is as its client made it
}

// Resource is one resource of a configuration.
type Resource struct {
	Type, Label string
	Object      string // what the one object that it makes is called; no two resources of a plan share it
	Body        string // the block's arguments
	// Key tells the instances of one block with for_each apart; they share type, label and body. Empty for a single resource.
	Key string
}

// Address is how the CLI names the resource.
func (r Resource) Address() string {
	if r.Key == "" {
		return r.Type + "." + r.Label
	}

	return fmt.Sprintf("%s.%s[%q]", r.Type, r.Label, r.Key)
}

// Plan is what one run applies.
type Plan struct {
	Preamble      string // the provider's block, and what else comes first
	Before, After []Resource
	// Mistake is applied between the two, and has to fail; nil for none.
	Mistake *Mistake
	// Words describes the platform's settings in a few words.
	Words string
}

// configuration writes a configuration.
func (p Plan) configuration(resources []Resource) string {
	var text strings.Builder
	text.WriteString(p.Preamble)
	written := map[string]bool{}
	for _, resource := range resources {
		if written[resource.Label] {
			continue // another instance of the same block
		}
		written[resource.Label] = true
		fmt.Fprintf(&text, "\nresource %q %q {\n%s}\n", resource.Type, resource.Label, resource.Body)
	}

	return text.String()
}

// all returns the resources of both configurations, each address once.
func (p Plan) all() []Resource {
	var all []Resource
	seen := map[string]bool{}
	for _, resource := range slices.Concat(p.After, p.Before) {
		if !seen[resource.Address()] {
			seen[resource.Address()] = true
			all = append(all, resource)
		}
	}

	return all
}
