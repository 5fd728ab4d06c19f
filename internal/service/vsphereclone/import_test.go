package vsphereclone

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// existingFake has a VM that Terraform did not make.
func existingFake() *fakeVSphere {
	fake := newFake()
	fake.add(vsphere.CloneSpec{Name: "web", SourceID: goldenID}, vsphere.PoweredOn) // vm-101

	return fake
}

func TestImport(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id       string
		identity map[string]string
		origin   string
		source   string
	}{
		"by id":                 {"vm-101", nil, goldenID, goldenID},
		"by path":               {"/DC/vm/web", nil, goldenID, goldenID},
		"by identity":           {"", map[string]string{"vcenter_uuid": fakeVCenter, "vm_id": "vm-101"}, goldenID, goldenID},
		"of an unknown origin":  {"vm-101", nil, "", "<null>"},
		"of a source that left": {"vm-101", nil, "vm-7", "vm-7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := existingFake()
			fake.origins["vm-101"] = vsphere.Origin{SourceID: test.origin}
			c := newCore(t, fake)
			c.importBy(test.id, test.identity).clean(t)
			c.is("vm-101", "id")
			c.is("web", "name")
			c.is(test.source, "source_vm_id")
			c.is("true", "power_on")
			c.is("host-1", "placement", "host_id")
			if c.vmIdentity() != "vm-101" {
				t.Fatal(c.vmIdentity())
			}
		})
	}
}

func TestImportThenPlan(t *testing.T) {
	t.Parallel()
	place := config{
		"folder_id": "group-v1", "resource_pool_id": "resgroup-1", "host_id": "host-1", "cluster_id": "domain-c1",
		"datastore_id": "datastore-1",
	}
	created := config{
		"disks_to_remove": []string{"2000"}, "disks_to_update": config{"2001": config{"datastore_id": "datastore-1"}},
		"guest_customization_spec": config{"name": "linux"},
	}
	for name, test := range map[string]struct {
		origin string
		config config
		action string
	}{
		"matches":                      {goldenID, basic(), "none"},
		"matches in full":              {goldenID, basic(config{"power_on": true, "placement": place}), "none"},
		"the source is written down":   {"", basic(), "update"},
		"the creation is written down": {goldenID, basic(created), "update"},
		"the source is another one":    {"vm-7", basic(), "replace"},
		"what can change is changed":   {goldenID, basic(config{"power_on": false}), "update"},
		"settings are written down":    {goldenID, basic(config{"shutdown_timeout": "1m"}), "update"},
		"wait_for_guest_ip is no wait": {goldenID, basic(config{"power_on": true, "wait_for_guest_ip": "1m"}), "update"},
		"everything is written down":   {"", basic(created, config{"power_on": true, "placement": place}), "update"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := existingFake()
			fake.origins["vm-101"] = vsphere.Origin{SourceID: test.origin}
			c := newCore(t, fake)
			c.importBy("vm-101", nil).clean(t)
			planned, _ := c.plan(test.config)
			if planned.clean(t).action != test.action {
				t.Fatal(planned.action, planned.planned)
			}
			if test.action == "update" {
				c.apply(t.Context(), test.config).clean(t)
				c.is("vm-101", "id")
				c.settled(test.config)
			}
		})
	}
}

// Once the first apply after an import has written down what the VM was made with, a change replaces it.
func TestImportedIsReplacedLater(t *testing.T) {
	t.Parallel()
	fake := existingFake()
	c := newCore(t, fake)
	c.importBy("vm-101", nil).clean(t)
	c.apply(t.Context(), basic()).clean(t)
	if planned, _ := c.plan(basic(config{"disks_to_remove": []string{"2001"}})); planned.clean(t).action != "replace" {
		t.Fatal(planned.action)
	}
}

func TestImportFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id       string
		identity map[string]string
		prepare  func(f *fakeVSphere)
		summary  string
	}{
		"unknown id":      {"vm-9", nil, func(*fakeVSphere) {}, `No virtual machine has the id "vm-9"`},
		"unknown path":    {"/DC/vm/no", nil, func(*fakeVSphere) {}, `No virtual machine has the path "/DC/vm/no"`},
		"neither":         {"web", nil, func(*fakeVSphere) {}, `Cannot import "web"`},
		"nothing":         {"", nil, func(*fakeVSphere) {}, `Cannot import ""`},
		"other vCenter":   {"", map[string]string{"vcenter_uuid": "0", "vm_id": "vm-101"}, func(*fakeVSphere) {}, "The VM belongs to another vCenter"},
		"ambiguous path":  {"/DC/vm/web", nil, func(f *fakeVSphere) { f.add(vsphere.CloneSpec{Name: "web"}, vsphere.PoweredOff) }, "Several virtual machines have the path"},
		"no answer":       {"vm-101", nil, func(f *fakeVSphere) { f.errs["VirtualMachine"] = []error{&apierr.Error{Kind: apierr.Unavailable}} }, "Could not read VM vm-101"},
		"no path, either": {"/DC/vm/web", nil, func(f *fakeVSphere) { f.errs["FindObjects"] = []error{&apierr.Error{Kind: apierr.Unavailable}} }, "Could not look up"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := existingFake()
			test.prepare(fake)
			newCore(t, fake).importBy(test.id, test.identity).failed(t, test.summary)
		})
	}
}
