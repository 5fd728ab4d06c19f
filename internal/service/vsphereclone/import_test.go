package vsphereclone

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// existingFake has a VM that Terraform did not make.
func existingFake() *fakevsphere.VCenter {
	fake := fakevsphere.New()
	fake.Add(vsphere.CloneSpec{Name: "web", SourceID: fakevsphere.GoldenID}, vsphere.PoweredOn) // vm-101

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
		"by id":                 {"vm-101", nil, fakevsphere.GoldenID, fakevsphere.GoldenID},
		"by path":               {"/DC/vm/web", nil, fakevsphere.GoldenID, fakevsphere.GoldenID},
		"by identity":           {"", map[string]string{"vcenter_uuid": fakevsphere.UUID, "vm_id": "vm-101"}, fakevsphere.GoldenID, fakevsphere.GoldenID},
		"of an unknown origin":  {"vm-101", nil, "", "vm-101"},
		"of a source that left": {"vm-101", nil, "vm-7", "vm-7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := existingFake()
			fake.Origins["vm-101"] = vsphere.Origin{SourceID: test.origin}
			c := newCore(t, fake)
			c.ImportBy(test.id, test.identity).Clean(t)
			c.Is("vm-101", "id")
			c.Is("web", "name")
			c.Is(test.source, "source_vm_id")
			c.Is("true", "power_on")
			c.Is("host-1", "placement", "host_id")
			if c.Identified("vm_id") != "vm-101" {
				t.Fatal(c.Identified("vm_id"))
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
		"matches":                      {fakevsphere.GoldenID, basic(), "none"},
		"matches in full":              {fakevsphere.GoldenID, basic(config{"power_on": true, "placement": place}), "none"},
		"the source is written down":   {"", basic(), "update"},
		"the source stays unknown":     {"", basic(config{"source_vm_id": "vm-101"}), "none"},
		"the creation is written down": {fakevsphere.GoldenID, basic(created), "update"},
		"the source is another one":    {"vm-7", basic(), "replace"},
		"what can change is changed":   {fakevsphere.GoldenID, basic(config{"power_on": false}), "update"},
		"settings are written down":    {fakevsphere.GoldenID, basic(config{"shutdown_timeout": "1m"}), "update"},
		"wait_for_guest_ip is no wait": {fakevsphere.GoldenID, basic(config{"power_on": true, "wait_for_guest_ip": "1m"}), "update"},
		"everything is written down":   {"", basic(created, config{"power_on": true, "placement": place}), "update"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := existingFake()
			fake.Origins["vm-101"] = vsphere.Origin{SourceID: test.origin}
			c := newCore(t, fake)
			c.ImportBy("vm-101", nil).Clean(t)
			planned := c.Plan(test.config)
			if planned.Clean(t).Action != test.action {
				t.Fatal(planned.Action, planned.Planned)
			}
			if test.action == "update" {
				c.Apply(t.Context(), test.config).Clean(t)
				c.Is("vm-101", "id")
				c.Settled(test.config)
			}
		})
	}
}

// Once the first apply after an import has written down what the VM was made with, a change replaces it.
func TestImportedIsReplacedLater(t *testing.T) {
	t.Parallel()
	fake := existingFake()
	c := newCore(t, fake)
	c.ImportBy("vm-101", nil).Clean(t)
	c.Apply(t.Context(), basic()).Clean(t)
	if planned := c.Plan(basic(config{"disks_to_remove": []string{"2001"}})); planned.Clean(t).Action != "replace" {
		t.Fatal(planned.Action)
	}
}

func TestImportFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id       string
		identity map[string]string
		prepare  func(f *fakevsphere.VCenter)
		summary  string
	}{
		"unknown id":     {"vm-9", nil, func(*fakevsphere.VCenter) {}, `No virtual machine has the id "vm-9"`},
		"unknown path":   {"/DC/vm/no", nil, func(*fakevsphere.VCenter) {}, `No virtual machine has the path "/DC/vm/no"`},
		"neither":        {"web", nil, func(*fakevsphere.VCenter) {}, `Cannot import "web"`},
		"nothing":        {"", nil, func(*fakevsphere.VCenter) {}, `Cannot import ""`},
		"other vCenter":  {"", map[string]string{"vcenter_uuid": "0", "vm_id": "vm-101"}, func(*fakevsphere.VCenter) {}, "The VM belongs to another vCenter"},
		"ambiguous path": {"/DC/vm/web", nil, func(f *fakevsphere.VCenter) { f.Add(vsphere.CloneSpec{Name: "web"}, vsphere.PoweredOff) }, "Several virtual machines have the path"},
		"no answer": {"vm-101", nil, func(f *fakevsphere.VCenter) {
			f.Errs["VirtualMachine"] = []error{&apierr.Error{Kind: apierr.Unavailable}}
		}, "Could not read VM vm-101"},
		"no path, either": {"/DC/vm/web", nil, func(f *fakevsphere.VCenter) { f.Errs["FindObjects"] = []error{&apierr.Error{Kind: apierr.Unavailable}} }, "Could not look up"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := existingFake()
			test.prepare(fake)
			newCore(t, fake).ImportBy(test.id, test.identity).FailedTitle(t, test.summary)
		})
	}
}
