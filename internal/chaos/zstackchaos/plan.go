package zstackchaos

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
)

// The machines that the platform starts with, and what they are for.
const (
	sourceMachine   = "golden" // is cloned, and has a data volume
	stoppedMachine  = "golden-stopped"
	snapshotMachine = "vm-0" // has snapshots taken
	machineCount    = 1      // besides the golden ones
)

// specialNames are parts of names with characters that need escaping somewhere. A name is always taken literally.
var specialNames = []string{"", "", "", " ü", "%2f", "/prod", `"quoted"`, `\back`, "'s", "$x", "日本", "#1", "%%", "a,b", "a&b=c", "a+b", "_"}

// block is one resource, or several with for_each.
type block struct {
	kind, label string
	keys        []string // of for_each; nil for one resource
	name        string   // of what it makes; with for_each what comes after label and key
	arguments   map[string]string
	base        *block // the clone that it is made from, nil for a machine of the platform
	onMachine   string // the machine, where there is no base
}

// drawing draws one plan.
type drawing struct {
	*platform
	chaos.Drawing

	count int
	used  map[*block]bool // clones that have something made from them
}

// Plan implements [chaos.Platform].
func (p *platform) Plan(random *rand.Rand) chaos.Plan {
	d := &drawing{platform: p, Drawing: chaos.Drawing{Random: random}, used: map[*block]bool{}}
	var before []*block
	for range 1 + random.IntN(3) {
		before = append(before, d.draw(before))
	}
	after := d.change(before)
	d.equip(before, after)
	p.plan = chaos.Plan{Preamble: d.preamble(), Words: fmt.Sprintf("jobs of %s, short timeouts: %t", p.task, p.brief)}
	for _, drawn := range before {
		p.plan.Before = append(p.plan.Before, d.resources(drawn)...)
	}
	for _, drawn := range after {
		p.plan.After = append(p.plan.After, d.resources(drawn)...)
	}
	p.plan.Mistake = d.Mistaken(p.plan.Before, func(resource chaos.Resource) bool { return d.replaceable(before, resource) })
	p.methods, p.created = methodsOf(before, after), chaos.CreatedIn(before, after)

	return p.plan
}

// replaceable reports whether a resource makes a VM that nothing else is made from.
func (d *drawing) replaceable(before []*block, resource chaos.Resource) bool {
	i := slices.IndexFunc(before, func(each *block) bool { return each.label == resource.Label })

	return i >= 0 && !d.used[before[i]] && resource.Type == cloneType && resource.Key == ""
}

// preamble is what the configurations begin with.
func (d *drawing) preamble() string {
	settings := []string{
		fmt.Sprintf("endpoint = %q", d.URL()), fmt.Sprintf("request_timeout = %q", d.OneOf("3s", "5s", "20s")),
		fmt.Sprintf("ca_certificate = %q", d.CACertificate()),
	}

	return chaos.Preamble("zstack", settings, []string{sourceMachine, stoppedMachine, snapshotMachine}, func(name string) string {
		return d.ID("vm", name)
	})
}

// draw draws one more block.
func (d *drawing) draw(before []*block) *block {
	if d.Perhaps(65) {
		return d.clone(before)
	}

	return d.snapshot(before)
}

func (d *drawing) begin(kind, word string) *block {
	d.count++

	return &block{kind: kind, label: fmt.Sprintf("%s_%d", word, d.count), name: d.OneOf(specialNames...), arguments: map[string]string{}}
}

func (d *drawing) clone(before []*block) *block {
	drawn := d.begin(cloneType, "clone")
	if d.Perhaps(35) {
		drawn.keys = []string{"a", "b", "c"}[:1+d.Random.IntN(3)]
	}
	if base := d.free(before); base != nil && d.Perhaps(30) {
		drawn.base, d.used[base] = base, true
	} else {
		drawn.onMachine = d.OneOf(sourceMachine, sourceMachine, stoppedMachine)
	}
	maps.Copy(drawn.arguments, map[string]string{
		"cluster_uuid": strconv.Quote(d.ID("cluster", "cluster-2")),
		"root_volume":  fmt.Sprintf("{ provisioning_strategy = %q }", d.OneOf("ThinProvisioning", "ThickProvisioning")),
		"delete_mode":  `"Enforcing"`,
	})
	for _, name := range []string{"cluster_uuid", "root_volume", "delete_mode"} {
		if !d.Perhaps(20) {
			delete(drawn.arguments, name)
		}
	}
	if d.Perhaps(50) {
		drawn.arguments["full"] = "true"
		if d.Perhaps(25) {
			drawn.arguments["data_volumes"] = fmt.Sprintf("{ primary_storage_uuid = %q }", d.ID("primary_storage", "storage-2"))
		}
	}
	drawn.arguments["expunge_on_destroy"] = strconv.FormatBool(d.Perhaps(50))
	if d.Perhaps(30) {
		drawn.arguments["strategy"] = strconv.Quote(d.OneOf("InstantStart", "CreateStopped", "JustCreate"))
	}
	d.vary(drawn, 50)

	return drawn
}

// vary sets what changes in place, each in so many of a hundred cases.
func (d *drawing) vary(drawn *block, percent int) {
	drawn.arguments["shutdown_timeout"] = `"2s"`
	if d.Perhaps(percent) && drawn.arguments["strategy"] == "" {
		drawn.arguments["power_on"] = strconv.FormatBool(d.Perhaps(60))
	}
	if d.Perhaps(percent) {
		drawn.arguments["description"] = chaos.Quote(fmt.Sprintf("about %s, %d", drawn.label, d.Random.IntN(100)))
	}
	if d.Perhaps(percent) {
		drawn.arguments["user_tags"] = d.OneOf(`["a"]`, `["a", "b c"]`, "[]")
	}
	if d.Perhaps(percent) {
		drawn.arguments["system_tags"] = d.OneOf(`["ha::NeverStop"]`, `["vmPriority::High"]`, `["ha::NeverStop", "bootMode::UEFI"]`)
	}
}

// free returns a clone that nothing is made from yet; nil where there is none.
func (d *drawing) free(before []*block) *block {
	for _, each := range before {
		if each.kind == cloneType && !d.used[each] && each.keys == nil && each.arguments["strategy"] != `"JustCreate"` {
			return each
		}
	}

	return nil
}

func (d *drawing) snapshot(before []*block) *block {
	drawn := d.begin(snapshotType, "snapshot")
	if d.Perhaps(50) {
		drawn.arguments["description"] = chaos.Quote("about " + drawn.label)
	}
	running := true
	if base := d.free(before); base != nil && d.Perhaps(60) {
		drawn.base, d.used[base] = base, true
		running = base.arguments["power_on"] == "true"
	} else {
		drawn.onMachine = snapshotMachine
	}
	drawn.arguments["with_memory"] = strconv.FormatBool(running && d.Perhaps(30))

	return drawn
}

// resources writes the block and lists its resources.
func (d *drawing) resources(b *block) []chaos.Resource {
	arguments := maps.Clone(b.arguments)
	source := map[string]string{snapshotType: "vm_uuid", cloneType: "source_vm_uuid"}[b.kind]
	arguments[source] = "local.machines[" + strconv.Quote(b.onMachine) + "]"
	if b.base != nil {
		arguments[source] = b.base.kind + "." + b.base.label + ".id"
	}
	if d.brief {
		arguments["timeouts"] = `{ create = "20s", update = "20s", delete = "20s" }`
	}
	written := chaos.Resource{Type: b.kind, Label: b.label, Object: b.label + b.name}
	arguments["name"] = chaos.Quote(written.Object)
	if b.keys != nil {
		arguments["name"] = `"${each.key}-` + chaos.Quote(written.Object)[1:]
		arguments["for_each"] = fmt.Sprintf(`toset(["%s"])`, strings.Join(b.keys, `", "`))
	}
	if b.kind == snapshotType {
		written.Object = snapshotNamed(written.Object)
	}
	written.Body = chaos.Body(arguments)
	if b.keys == nil {
		return []chaos.Resource{written}
	}
	var all []chaos.Resource
	for _, key := range b.keys {
		one := written
		one.Key, one.Object = key, key+"-"+written.Object
		all = append(all, one)
	}

	return all
}
