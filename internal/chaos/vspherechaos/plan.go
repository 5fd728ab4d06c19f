package vspherechaos

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
)

// The machines that the vCenter starts with, and what they are for.
var machines = []string{"DC0_C0_RP0_VM0", "DC0_C0_RP0_VM1", "DC0_C0_RP0_VM2", "DC0_C0_RP0_VM3"}

const (
	primaryMachine  = iota // gets a secondary
	frozenMachine          // is forked
	snapshotMachine        // has snapshots taken
	sourceMachine          // is cloned
	template        = "golden-template"
)

// In so many of a hundred cases something is made from a clone of the same plan.
const (
	half   = 50
	mostly = 85 // a pair of a machine of the vCenter does not fail over: see failOvers
)

// writeOnly is the value of a write-only argument.
const writeOnly = "whisper-me-to-the-guest-alone"

// specialNames are parts of names with characters that need escaping somewhere. A name is always taken literally.
var specialNames = []string{"", "", "", " ü", "%2f", "/prod", `"quoted"`, `\back`, "'s", "$x", "日本", "#1", "%%"}

// block is one resource that is drawn.
type block struct {
	kind, label string
	name        string // of what it makes
	arguments   map[string]string
	base        *block // the clone that it is made from, nil for a machine of the vCenter
	onMachine   string // the machine, where there is no base
}

// drawing draws one plan.
type drawing struct {
	*platform
	chaos.Drawing

	count  int
	used   map[*block]bool // clones that have something made from them
	paired bool            // the machine has its secondary
}

// Plan implements [chaos.Platform].
func (p *platform) Plan(random *rand.Rand) chaos.Plan {
	d := &drawing{platform: p, Drawing: chaos.Drawing{Random: random}, used: map[*block]bool{}}
	var before []*block
	for range 1 + random.IntN(4) {
		before = append(before, d.draw(before))
	}
	after := d.change(before)
	d.equip(before, after)
	p.plan = chaos.Plan{Preamble: d.preamble(), Words: fmt.Sprintf("tasks of %s", p.task)}
	for _, drawn := range before {
		p.plan.Before = append(p.plan.Before, drawn.resource())
	}
	for _, drawn := range after {
		p.plan.After = append(p.plan.After, drawn.resource())
	}
	p.plan.Mistake = d.Mistaken(p.plan.Before, func(resource chaos.Resource) bool { return d.replaceable(before, resource) })
	p.methods, p.created = methodsOf(before, after), chaos.CreatedIn(before, after)

	return p.plan
}

// replaceable reports whether a resource makes a VM that nothing else is made from.
func (d *drawing) replaceable(before []*block, resource chaos.Resource) bool {
	i := slices.IndexFunc(before, func(each *block) bool { return each.label == resource.Label })

	return i >= 0 && !d.used[before[i]] && (resource.Type == cloneType || resource.Type == forkType)
}

// preamble is what the configurations begin with.
func (d *drawing) preamble() string {
	settings := []string{fmt.Sprintf("thumbprint = %q", d.Thumbprint()), fmt.Sprintf("request_timeout = %q", d.OneOf("3s", "5s", "20s"))}
	if d.Perhaps(30) {
		settings = append(settings, `api = "json"`)
	}
	if d.Perhaps(20) {
		settings = append(settings, fmt.Sprintf("max_concurrent_tasks = %d", 1+d.Random.IntN(2)))
	}

	return chaos.Preamble("vsphere", settings, append(slices.Clone(machines), template), func(name string) string {
		vm, _ := d.VM(name)

		return vm.ID
	})
}

// draw draws one more resource.
func (d *drawing) draw(before []*block) *block {
	switch kind := d.Random.IntN(12); {
	case kind < 4:
		return d.clone()
	case kind < 6:
		return d.fork(before)
	case kind < 9 || d.paired && d.free(before) == nil:
		return d.snapshot(before)
	default:
		return d.secondary(before)
	}
}

func (d *drawing) begin(kind, word string) *block {
	d.count++
	label := fmt.Sprintf("%s_%d", word, d.count)

	return &block{kind: kind, label: label, name: label + d.OneOf(specialNames...), arguments: map[string]string{}}
}

func (d *drawing) clone() *block {
	drawn := d.begin(cloneType, "clone")
	drawn.onMachine = d.OneOf(template, template, machines[sourceMachine])
	placement := []string{fmt.Sprintf("resource_pool_id = %q", d.ID("/DC0/host/DC0_C0/Resources"))}
	if d.Perhaps(30) {
		placement = append(placement, fmt.Sprintf("folder_id = %q", d.furniture.folder))
	}
	if d.Perhaps(30) {
		placement = append(placement, fmt.Sprintf("datastore_id = %q", d.ID("/DC0/datastore/LocalDS_1")))
	}
	drawn.arguments["placement"] = "{ " + strings.Join(placement, ", ") + " }"
	d.power(drawn, 60)
	if drawn.arguments["power_on"] == "true" && d.Perhaps(30) {
		drawn.arguments["wait_for_guest_ip"] = `"20s"`
	}
	if d.Perhaps(15) {
		drawn.arguments["guest_customization_spec"] = `{ name = "linux" }`
	}

	return drawn
}

// power sets power_on in so many of a hundred cases.
func (d *drawing) power(drawn *block, percent int) {
	drawn.arguments["shutdown_timeout"] = `"2s"`
	if d.Perhaps(percent) {
		drawn.arguments["power_on"] = strconv.FormatBool(d.Perhaps(70))
	}
}

// free returns a clone that nothing is made from yet; nil where there is none.
func (d *drawing) free(before []*block) *block {
	for _, each := range before {
		if each.kind == cloneType && !d.used[each] {
			return each
		}
	}

	return nil
}

// basedOn lets a resource be made from a clone of the same plan in so many of a hundred cases, else from a machine of the vCenter.
func (d *drawing) basedOn(drawn *block, before []*block, share, machine int, running bool) *block {
	if base := d.free(before); base != nil && (d.Perhaps(share) || machine < 0) {
		drawn.base = base
		d.used[base] = true
		if running {
			base.arguments["power_on"] = "true"
		}

		return drawn
	}
	drawn.onMachine = machines[machine]

	return drawn
}

func (d *drawing) fork(before []*block) *block {
	drawn := d.begin(forkType, "fork")
	drawn.arguments["extra_config"] = fmt.Sprintf("{ \"guestinfo.name\" = %s }", chaos.Quote(drawn.name))
	if d.Perhaps(50) {
		drawn.arguments["extra_config_wo"] = fmt.Sprintf("{ \"guestinfo.secret\" = %q }", writeOnly)
		drawn.arguments["extra_config_wo_version"] = "1"
	}
	if d.Perhaps(50) {
		drawn.arguments["network_interfaces"] = `{ "4000" = { start_connected = false, connected = false } }`
	}
	d.power(drawn, 50)

	return d.basedOn(drawn, before, half, frozenMachine, true)
}

func (d *drawing) snapshot(before []*block) *block {
	drawn := d.begin(snapshotType, "snapshot")
	if d.Perhaps(50) {
		drawn.arguments["description"] = chaos.Quote("about " + drawn.name)
	}
	drawn.arguments["memory"] = strconv.FormatBool(d.Perhaps(30))

	return d.basedOn(drawn, before, half, snapshotMachine, false)
}

func (d *drawing) secondary(before []*block) *block {
	drawn := d.begin(secondaryType, "secondary")
	machine := primaryMachine
	if d.paired {
		machine = -1
	}
	d.basedOn(drawn, before, mostly, machine, true)
	d.paired = d.paired || drawn.base == nil

	return drawn
}

// resource writes the block.
func (b *block) resource() chaos.Resource {
	arguments := maps.Clone(b.arguments)
	source := map[string]string{snapshotType: "vm_id", secondaryType: "primary_vm_id"}[b.kind]
	if source == "" {
		source = "source_vm_id"
	}
	written := chaos.Resource{Type: b.kind, Label: b.label, Object: b.name}
	primary := b.onMachine
	if b.base == nil {
		arguments[source] = "local.machines[" + strconv.Quote(b.onMachine) + "]"
	} else {
		arguments[source], primary = b.base.kind+"."+b.base.label+".id", b.base.name
	}
	switch b.kind {
	case secondaryType:
		written.Object = secondaryOf(primary)
	case snapshotType:
		written.Object = snapshotNamed(b.name)
		arguments["name"] = chaos.Quote(b.name)
	default:
		arguments["name"] = chaos.Quote(b.name)
	}
	written.Body = chaos.Body(arguments)

	return written
}
