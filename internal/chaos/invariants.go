package chaos

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// accounted checks that what exists is in state, or is named by a diagnostic with the way to adopt it.
func (r *run) accounted(phase Phase, output string) error {
	missing, err := r.unknown()
	if err != nil {
		return err
	}
	for _, object := range missing {
		if !r.reported(output, object) {
			r.violated(1, phase, "%s (%s) exists, but is neither in state nor in a diagnostic:\n%s\n%s", object.ID, object.Name,
				r.stateInWords(), output)
		}
	}
	state, err := os.ReadFile(filepath.Join(r.workspace.Dir, stateFile))
	if err == nil {
		r.secretFree("the state", phase, string(state))
	}

	return nil
}

// reported reports whether an output names an object. A part is named by its id; from then on it is the user's to delete. So is a
// renamed object of which a diagnostic said that its resource no longer finds it.
func (r *run) reported(output string, object Object) bool {
	if object.Renamed && reportedLost(output, object.Name) {
		r.told[object.ID] = true
	}
	if object.Of == "" {
		return r.told[object.ID] || names(output, object)
	}
	for line := range strings.Lines(output) {
		if !strings.HasPrefix(line, planIndent) && strings.Contains(line, object.ID) {
			r.told[object.ID] = true
		}
	}

	return r.told[object.ID]
}

// reportedLost reports whether an output says that the object of a name can no longer be found.
func reportedLost(output, name string) bool {
	return slices.ContainsFunc([]string{" was not created by the earlier apply, as far as ", " was not there to destroy"}, func(words string) bool {
		return strings.Contains(output, fmt.Sprintf("%q%s", name, words))
	})
}

// planIndent is what the CLI puts in front of a plan's lines, and, without colours, not of a diagnostic's.
const planIndent = " "

// recordReported records the parts and renamed objects that the diagnostics of an output name.
func (r *run) recordReported(output string) {
	for _, object := range r.platform.Objects() {
		if object.Of != "" || object.Renamed {
			r.reported(output, object)
		}
	}
}

// objects lists the objects that exist, without those that a diagnostic has left to the user.
func (r *run) objects() []Object {
	return slices.DeleteFunc(r.platform.Objects(), func(object Object) bool {
		return r.told[object.ID] || object.Of != "" && r.adopted[object.Of]
	})
}

// names reports whether an output says how to adopt an object.
func names(output string, object Object) bool {
	return strings.Contains(output, "import {") && strings.Contains(output, fmt.Sprintf("id = %q", object.ImportID))
}

// unknown lists the objects that are not in state, neither by their id nor as pending.
func (r *run) unknown() ([]Object, error) {
	state, err := readState(r.workspace.Dir)
	if err != nil {
		return nil, err
	}
	known, pending := map[string]bool{}, map[string]bool{}
	for _, instance := range state {
		known[instance.primary] = true
		for _, part := range instance.parts {
			known[part] = true
		}
		if instance.id != "" {
			known[instance.id] = true

			continue
		}
		for _, name := range r.wanted(instance) {
			pending[name] = true
		}
	}

	return slices.DeleteFunc(r.objects(), func(object Object) bool {
		return known[object.ID] || pending[object.Name] || slices.ContainsFunc(object.Former, func(id string) bool { return known[id] })
	}), nil
}

// wanted names what the configurations of an instance's resource ask for.
func (r *run) wanted(instance held) []string {
	var all []string
	for _, resource := range append(slices.Clone(r.plan.Before), r.plan.After...) {
		if resource.Address() == instance.address {
			all = append(all, resource.Object)
		}
	}

	return all
}

// stateInWords lists the instances in state, for messages.
func (r *run) stateInWords() string {
	state, err := readState(r.workspace.Dir)
	if err != nil {
		return err.Error()
	}
	words := make([]string, len(state))
	for i, instance := range state {
		words[i] = instance.String()
	}

	return "state: " + strings.Join(words, ", ")
}

// refresh refreshes the state. Afterwards the state holds no missing object, except a pending one that a diagnostic says can't be
// found.
func (r *run) refresh(ctx context.Context) error {
	result, _, err := r.command(ctx, refresh, nil, "apply", "-refresh-only", "-auto-approve")
	if err != nil {
		return err
	}
	if result.ExitCode != 0 {
		r.violated(2, refresh, "exit code %d:\n%s", result.ExitCode, result.Output)
	}
	state, err := readState(r.workspace.Dir)
	if err != nil {
		return err
	}
	objects := r.objects()
	for _, instance := range state {
		if !instance.ending && !r.lingers(instance, result.Output) &&
			!slices.ContainsFunc(objects, func(object Object) bool { return object.ID == instance.id }) {
			r.violated(2, refresh, "%s is in state after a refresh, but does not exist:\n%s", instance, result.Output)
		}
	}

	return nil
}

// lingers reports whether an instance is pending, and an output says that its object can't be found.
func (r *run) lingers(instance held, output string) bool {
	return instance.id == "" && instance.pending != "" &&
		slices.ContainsFunc(r.wanted(instance), func(name string) bool { return reportedLost(output, name) || unproved(output, name) })
}

// complete checks that state and platform agree on exactly what the configuration asks for.
func (r *run) complete(phase Phase) error {
	if err := r.accounted(phase, ""); err != nil {
		return err
	}
	state, err := readState(r.workspace.Dir)
	if err != nil {
		return err
	}
	objects := r.objects()
	for _, resource := range r.current {
		i := slices.IndexFunc(state, func(instance held) bool { return instance.address == resource.Address() })
		switch {
		case i < 0:
			r.violated(3, phase, "%s is not in state", resource.Address())
		case !slices.ContainsFunc(objects, func(object Object) bool { return object.ID == state[i].id }):
			r.violated(3, phase, "%s does not exist", state[i])
		}
	}
	if len(state) != len(r.current) || len(objects) != len(r.current) {
		r.violated(3, phase, "%d resources are configured, %d are in state, %d exist: %s; %v", len(r.current), len(state),
			len(objects), r.stateInWords(), objects)
	}

	return nil
}

// empty checks that no object is left in state or on the platform.
func (r *run) empty(phase Phase) error {
	state, err := readState(r.workspace.Dir)
	if err != nil {
		return err
	}
	if objects := r.objects(); len(objects) > 0 || len(state) > 0 {
		r.violated(3, phase, "left behind: %v; %s", objects, r.stateInWords())
	}

	return nil
}

// adoptionBlock is what diagnostics print for what exists already. The terminal's frame is in front of each line.
var adoptionBlock = regexp.MustCompile(`import \{[│\s]*to = (\S+)\.<NAME>[│\s]*id = ("(?:[^"\\]|\\.)*")`)

// adopt runs after the provider was killed: the next plan names the objects that it created and could not report, and the
// import blocks that the plan prints adopt them.
func (r *run) adopt(ctx context.Context, phase Phase, output string) error {
	missing, err := r.unknown()
	if err != nil || len(missing) == 0 {
		return err
	}
	result, _, err := r.command(ctx, adoption, nil, "plan")
	if err != nil {
		return err
	}
	blocks := adoptionBlock.FindAllStringSubmatch(result.Output, -1)
	var adopted strings.Builder
	for _, object := range missing {
		if r.told[object.ID] { // by the plan
			continue
		}
		block := slices.IndexFunc(blocks, func(block []string) bool { return block[2] == fmt.Sprintf("%q", object.ImportID) })
		resource := slices.IndexFunc(r.current, func(resource Resource) bool {
			return resource.Object == object.Name && block >= 0 && resource.Type == blocks[block][1]
		})
		if block < 0 || resource < 0 {
			r.violated(1, phase, "%s (%s) exists after the provider was killed, and the next plan does not name it:\n%s\n%s\n%s",
				object.ID, object.Name, r.stateInWords(), output, result.Output)

			continue
		}
		r.adopted[object.ID] = true
		fmt.Fprintf(&adopted, "import {\n  to = %s\n  id = %s\n}\n", r.current[resource].Address(), blocks[block][2])
	}
	if err := r.workspace.Write("adopt.tf", adopted.String()); err != nil {
		return err
	}
	if result, _, err = r.command(ctx, adoption, nil, "apply", "-auto-approve"); err != nil {
		return err
	}
	if result.ExitCode != 0 {
		r.violated(1, adoption, "adopting by the blocks of the plan failed:\n%s\n%s", adopted.String(), result.Output)
	}

	return r.workspace.Write("adopt.tf", "")
}
