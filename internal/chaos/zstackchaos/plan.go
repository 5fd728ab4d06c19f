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

// strange is what names have after them: whatever is allowed in a name is taken literally.
var strange = []string{"", "", "", " ü", "%2f", "/prod", `"quoted"`, `\back`, "'s", "$x", "日本", "#1", "%%", "a,b", "a&b=c", "a+b", "_"}

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

	random *rand.Rand
	count  int
	used   map[*block]bool // clones that have something made from them
}

// Plan implements [chaos.Platform].
func (p *platform) Plan(random *rand.Rand) chaos.Plan {
	d := &drawing{platform: p, random: random, used: map[*block]bool{}}
	var before []*block
	for range 1 + random.IntN(3) {
		before = append(before, d.draw(before))
	}
	after := d.change(before)
	p.plan = chaos.Plan{Preamble: d.preamble(), Words: fmt.Sprintf("jobs of %s, short timeouts: %t", p.task, p.brief)}
	for _, drawn := range before {
		p.plan.Before = append(p.plan.Before, d.resources(drawn)...)
	}
	for _, drawn := range after {
		p.plan.After = append(p.plan.After, d.resources(drawn)...)
	}
	p.methods = methodsOf(before, after)

	return p.plan
}

// preamble is the provider's block.
func (d *drawing) preamble() string {
	var machines strings.Builder
	for _, name := range []string{sourceMachine, stoppedMachine, snapshotMachine} {
		fmt.Fprintf(&machines, "    %q = %q\n", name, d.ID("vm", name))
	}

	return "terraform {\n  required_providers {\n    vmfork = { source = \"vmfork/vmfork\" }\n  }\n}\n\n" +
		fmt.Sprintf("provider \"vmfork\" {\n  zstack = {\n    endpoint = %q\n    request_timeout = %q\n    ca_certificate = %q\n  }\n}\n\n",
			d.URL(), d.oneOf("3s", "5s", "20s"), d.CACertificate()) +
		"locals {\n  machines = {\n" + machines.String() + "  }\n}\n"
}

// perhaps is true in so many of a hundred cases.
func (d *drawing) perhaps(percent int) bool { return d.random.IntN(100) < percent }

func (d *drawing) oneOf(texts ...string) string { return texts[d.random.IntN(len(texts))] }

// draw draws one more block.
func (d *drawing) draw(before []*block) *block {
	if d.perhaps(65) {
		return d.clone(before)
	}

	return d.snapshot(before)
}

func (d *drawing) begin(kind, word string) *block {
	d.count++

	return &block{kind: kind, label: fmt.Sprintf("%s_%d", word, d.count), name: d.oneOf(strange...), arguments: map[string]string{}}
}

func (d *drawing) clone(before []*block) *block {
	drawn := d.begin(cloneType, "clone")
	if d.perhaps(35) {
		drawn.keys = []string{"a", "b", "c"}[:1+d.random.IntN(3)]
	}
	if base := d.free(before); base != nil && d.perhaps(30) {
		drawn.base, d.used[base] = base, true
	} else {
		drawn.onMachine = d.oneOf(sourceMachine, sourceMachine, stoppedMachine)
	}
	maps.Copy(drawn.arguments, map[string]string{
		"cluster_uuid": strconv.Quote(d.ID("cluster", "cluster-2")),
		"root_volume":  fmt.Sprintf("{ provisioning_strategy = %q }", d.oneOf("ThinProvisioning", "ThickProvisioning")),
		"delete_mode":  `"Enforcing"`,
	})
	for _, name := range []string{"cluster_uuid", "root_volume", "delete_mode"} {
		if !d.perhaps(20) {
			delete(drawn.arguments, name)
		}
	}
	if d.perhaps(50) {
		drawn.arguments["full"] = "true"
		if d.perhaps(25) {
			drawn.arguments["data_volumes"] = fmt.Sprintf("{ primary_storage_uuid = %q }", d.ID("primary_storage", "storage-2"))
		}
	}
	drawn.arguments["expunge_on_destroy"] = strconv.FormatBool(d.perhaps(50))
	if d.perhaps(30) {
		drawn.arguments["strategy"] = strconv.Quote(d.oneOf("InstantStart", "CreateStopped", "JustCreate"))
	}
	d.vary(drawn, 50)

	return drawn
}

// vary sets what changes in place, each in so many of a hundred cases.
func (d *drawing) vary(drawn *block, percent int) {
	drawn.arguments["shutdown_timeout"] = `"2s"`
	if d.perhaps(percent) && drawn.arguments["strategy"] == "" {
		drawn.arguments["power_on"] = strconv.FormatBool(d.perhaps(60))
	}
	if d.perhaps(percent) {
		drawn.arguments["description"] = quote(fmt.Sprintf("about %s, %d", drawn.label, d.random.IntN(100)))
	}
	if d.perhaps(percent) {
		drawn.arguments["user_tags"] = d.oneOf(`["a"]`, `["a", "b c"]`, "[]")
	}
	if d.perhaps(percent) {
		drawn.arguments["system_tags"] = d.oneOf(`["ha::NeverStop"]`, `["vmPriority::High"]`, `["ha::NeverStop", "bootMode::UEFI"]`)
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
	if d.perhaps(50) {
		drawn.arguments["description"] = quote("about " + drawn.label)
	}
	running := true
	if base := d.free(before); base != nil && d.perhaps(60) {
		drawn.base, d.used[base] = base, true
		running = base.arguments["power_on"] == "true"
	} else {
		drawn.onMachine = snapshotMachine
	}
	drawn.arguments["with_memory"] = strconv.FormatBool(running && d.perhaps(30))

	return drawn
}

// change draws the second configuration: resources are changed, taken out and added.
func (d *drawing) change(before []*block) []*block {
	var after []*block
	now := map[*block]*block{} // the same block in both
	for _, each := range before {
		gone := d.perhaps(15) && !d.used[each]
		changed := d.changed(each)
		if each.base != nil {
			changed.base = now[each.base]
		}
		if !gone {
			now[each] = changed
			after = append(after, changed)
		}
	}
	for each, changed := range now {
		d.used[changed] = d.used[each]
	}
	for len(after) == 0 || d.perhaps(35) {
		after = append(after, d.draw(after))
	}

	return after
}

// changed is a block with other arguments. What others are made from stays as it is.
func (d *drawing) changed(each *block) *block {
	changed := *each
	changed.arguments = maps.Clone(each.arguments)
	if d.used[each] {
		return &changed
	}
	if d.perhaps(40) {
		changed.name += d.oneOf("-b", " b", "%20b")
	}
	switch each.kind {
	case snapshotType:
		if d.perhaps(30) {
			changed.arguments["description"] = quote("changed")
		}
		if d.perhaps(20) {
			changed.arguments["with_memory"] = "false"
		}
	default:
		d.vary(&changed, 35)
		if each.keys != nil {
			changed.keys = []string{"a", "b", "c", "d"}[d.random.IntN(2) : 2+d.random.IntN(3)]
		}
		if d.perhaps(20) {
			changed.arguments["expunge_on_destroy"] = strconv.FormatBool(d.perhaps(50))
		}
		if d.perhaps(10) {
			changed.arguments["full"] = strconv.FormatBool(each.arguments["full"] != "true")
			delete(changed.arguments, "data_volumes")
		}
	}

	return &changed
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
	arguments["name"] = quote(written.Object)
	if b.keys != nil {
		arguments["name"] = `"${each.key}-` + quote(written.Object)[1:]
		arguments["for_each"] = fmt.Sprintf(`toset(["%s"])`, strings.Join(b.keys, `", "`))
	}
	if b.kind == snapshotType {
		written.Object = snapshotNamed(written.Object)
	}
	var body strings.Builder
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		fmt.Fprintf(&body, "  %s = %s\n", name, arguments[name])
	}
	written.Body = body.String()
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

// quote writes a text as HCL does: a Go string in which no template begins.
func quote(text string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(text))
}
