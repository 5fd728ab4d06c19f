package vsphereclone_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// The calls of the tagging API, as requests are counted.
const (
	association     = "POST /api/cis/tagging/tag-association"
	attachTagMethod = association + "/{id}?action=attach"
	tagsOnVMMethod  = association + "?action=attach-multiple-tags-to-object"
	listTagsMethod  = association + "?action=list-attached-tags-on-objects"
)

// labelled is a suite with tags and custom attributes.
type labelled struct {
	*suite
	acctest.Labels

	red, blue, gold, iron string // of the category team, and of tier, of which a VM has one tag
}

func newLabelled(t *testing.T, options ...vcenter.Options) *labelled {
	t.Helper()
	s := newSuite(t, options...)
	l := &labelled{suite: s, Labels: acctest.NewLabels(t, s.server)}
	team, tier := l.Category("team", false), l.Category("tier", true, "VirtualMachine", "Datastore")
	l.red, l.blue, l.gold, l.iron = l.Tag(team, "red"), l.Tag(team, "blue"), l.Tag(tier, "gold"), l.Tag(tier, "iron")
	l.Define("owner", "VirtualMachine")
	l.Define("cost center", "")
	l.Define("rack", "HostSystem")
	s.server.ResetRequests()

	return l
}

// tagged is the argument tags.
func tagged(ids ...string) string {
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = fmt.Sprintf("%q", id)
	}

	return "tags = [" + strings.Join(quoted, ", ") + "]"
}

// labelsAre compares a VM's tags, in any order, and its custom attributes that have a value: name, value, name, value and so on.
func labelsAre(ids []string, attributes ...string) func(vm vcenter.VM) error {
	return func(vm vcenter.VM) error {
		want := map[string]string{}
		for i := 0; i+1 < len(attributes); i += 2 {
			want[attributes[i]] = attributes[i+1]
		}
		got := maps.Clone(vm.CustomAttributes)
		maps.DeleteFunc(got, func(_, value string) bool { return value == "" })

		return errors.Join(
			acctest.Same("tags", fmt.Sprint(slices.Sorted(slices.Values(vm.Tags))), fmt.Sprint(slices.Sorted(slices.Values(ids)))),
			acctest.Same("custom attributes", fmt.Sprint(got), fmt.Sprint(want)),
		)
	}
}

const owned = `custom_attributes = { owner = "ops", "cost center" = "42" }`

// TestAccVSphereClone_labels makes machines with tags and custom attributes, changes these in place, and leaves what is not managed any more.
func TestAccVSphereClone_labels(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]func(l *labelled) []string{
		"of a VM": func(l *labelled) []string { return []string{fmt.Sprintf("source_vm_id = %q", l.golden.ID)} },
		"of a template": func(l *labelled) []string {
			return []string{fmt.Sprintf("source_vm_id = %q", l.vm("golden-template").ID), acctest.Placement("resource_pool_id", l.pool)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLabelled(t)
			step := func(action plancheck.ResourceActionType, check func(vm vcenter.VM) error, arguments ...string) resource.TestStep {
				return l.applied(action, l.clone(append(source(l), arguments...)...), "web", check)
			}
			update := plancheck.ResourceActionUpdate
			made := step(plancheck.ResourceActionCreate, labelsAre([]string{l.red, l.gold}, "owner", "ops", "cost center", "42"), tagged(l.red, l.gold), owned)
			made.Check = resource.ComposeAggregateTestCheckFunc(made.Check, l.requests(map[string]int{tagsOnVMMethod: 1, attachTagMethod: 0, "SetField": 2}))
			changed := step(update, labelsAre([]string{l.blue, l.iron}, "owner", "dev"), tagged(l.blue, l.iron), `custom_attributes = { owner = "dev" }`)
			changed.Check = resource.ComposeAggregateTestCheckFunc(changed.Check, l.requests(map[string]int{
				association + "?action=detach-multiple-tags-from-object": 1, tagsOnVMMethod: 1, "SetField": 2, "ReconfigVM_Task": 0,
			}))
			l.run(
				made, changed,
				step(update, labelsAre(nil, "owner", "dev"), tagged(), `custom_attributes = { owner = "dev" }`),
				step(update, labelsAre([]string{l.red}), tagged(l.red)),
				step(update, labelsAre([]string{l.red})),
				step(plancheck.ResourceActionNoop, labelsAre([]string{l.red})),
			)
		})
	}
}

// TestAccVSphereClone_labelsDrift repairs what another client changes of tags and custom attributes that are set.
func TestAccVSphereClone_labelsDrift(t *testing.T) {
	t.Parallel()
	l := newLabelled(t)
	configured := l.clone(tagged(l.red, l.gold), owned)
	steps := []resource.TestStep{l.applied(plancheck.ResourceActionCreate, configured, "web", nil)}
	whole := labelsAre([]string{l.red, l.gold}, "owner", "ops", "cost center", "42")
	for _, change := range []func(){
		func() { l.Detach("web", l.red) },
		func() { l.Attach("web", l.blue) },
		func() { l.Detach("web", l.gold); l.Attach("web", l.iron) },
		func() { l.Set("web", "owner", "dev") },
		func() { l.Set("web", "cost center", "") },
		func() { _, err := l.server.Reregister(l.vm("web").ID); l.must(err) },
	} {
		step := l.applied(plancheck.ResourceActionUpdate, configured, "web", whole)
		step.PreConfig = change
		steps = append(steps, step)
	}
	others := l.applied(plancheck.ResourceActionNoop, configured, "web", nil)
	others.PreConfig = func() { l.Define("last backup", ""); l.Set("web", "last backup", "yesterday") }
	l.run(append(steps, others)...)
}

// TestAccVSphereClone_labelsUnset leaves to others the tags and custom attributes that the configuration does not set, and asks for none.
func TestAccVSphereClone_labelsUnset(t *testing.T) {
	t.Parallel()
	l := newLabelled(t)
	step := l.applied(plancheck.ResourceActionNoop, l.clone(), "web", labelsAre([]string{l.red}, "owner", "dev"))
	step.PreConfig = func() {
		l.Attach("web", l.red)
		l.Set("web", "owner", "dev")
		l.server.ResetRequests()
	}
	step.Check = resource.ComposeAggregateTestCheckFunc(step.Check, l.requests(map[string]int{listTagsMethod: 0}))
	step.ConfigStateChecks = stateIs("tags", nil, "custom_attributes", nil)
	l.run(l.applied(plancheck.ResourceActionCreate, l.clone(), "web", nil), step)
}

// TestAccVSphereClone_labelsImport shows no tags and no custom attributes of a machine that is imported, and takes over what the configuration
// sets: tags that the machine has stay, and others are taken off.
func TestAccVSphereClone_labelsImport(t *testing.T) {
	t.Parallel()
	l := newLabelled(t)
	l.Attach("golden", l.iron)
	l.Attach("golden", l.blue)
	config := strings.Replace(l.clone(`name = "golden"`, fmt.Sprintf("source_vm_id = %q", l.vm("golden-template").ID), tagged(l.blue), `custom_attributes = { owner = "ops" }`), "resource", fmt.Sprintf(
		"import {\n  to = %s\n  id = %q\n}\n\nresource", web, l.golden.ID), 1)
	adopted := resource.TestStep{
		Config: config,
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(web, plancheck.ResourceActionUpdate)},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		},
		Check: resource.ComposeAggregateTestCheckFunc(
			acctest.CheckVM(l.server, "golden", labelsAre([]string{l.blue}, "owner", "ops")),
			l.requests(map[string]int{attachTagMethod: 0, association + "/{id}?action=detach": 1, "SetField": 1}),
		),
	}
	l.run(adopted, resource.TestStep{
		ResourceName: web, ImportState: true, ImportStateVerify: true,
		ImportStateVerifyIgnore: []string{"tags.#", "tags.0", "tags", "custom_attributes.%", "custom_attributes.owner", "custom_attributes"},
	})
}

// TestAccVSphereClone_labelsRefused has each plan that vCenter would refuse.
func TestAccVSphereClone_labelsRefused(t *testing.T) {
	t.Parallel()
	l := newLabelled(t)
	l.environment = []string{acctest.PlanErrors}
	rack := l.Tag(l.Category("hardware", false, "HostSystem"), "rack")
	var steps []resource.TestStep
	for _, test := range [][2]string{
		{`tags = ["red"]`, `"red" is no tag id`},
		{`tags = ["urn:vmomi:InventoryServiceCategory:1:GLOBAL"]`, "is the id of a category"},
		{`tags = ["urn:vmomi:InventoryServiceTag:none:GLOBAL"]`, `There is no tag "urn:vmomi:InventoryServiceTag:none:GLOBAL"`},
		{tagged(l.gold, l.iron), `A machine can have one tag of the category "tier"`},
		{tagged(rack), `The tag "rack" is not for virtual machines`},
		{`custom_attributes = { rack = "7" }`, `The custom attribute "rack" is not for virtual machines`},
		{`custom_attributes = { owner = "" }`, "string length must be at least 1"},
	} {
		steps = append(steps, resource.TestStep{Config: l.clone(test[0]), PlanOnly: true, ExpectError: acctest.Says(test[1])})
	}
	undefined := resource.TestStep{Config: l.clone(`custom_attributes = { Owner = "ops" }`), ExpectError: acctest.Says("Virtual machines have these: cost center, owner")}
	made := l.applied(plancheck.ResourceActionCreate, l.clone(), "web", nil)
	made.PreConfig = func() { l.must(acctest.CheckNoVM(l.server, "web")(nil)) }
	inPlace := resource.TestStep{
		Config: l.clone(tagged(l.gold, l.iron)), PlanOnly: true, ExpectError: acctest.Says(`A machine can have one tag of the category "tier"`),
	}
	l.run(append(steps, undefined, made, inPlace)...)
}
