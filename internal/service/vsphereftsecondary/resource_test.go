package vsphereftsecondary

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestLifeCycle(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Clean(t)
	fake.is(t, primaryID, vsphere.FaultToleranceRunning)
	c.Is(fake.pair().SecondaryID, "id")
	c.Is("running", "state")
	c.Is("true", "enabled")
	c.Is("host-2", "secondary_host_id")
	c.Is("true", "power_on_attempted")
	c.Is("<null>", "power_on_fault")
	c.recommended(0)
	c.Is("<null>", "pending_task_id")
	c.Settled(basic())
	c.Destroy(t.Context()).Clean(t)
	if pair := fake.pair(); pair != nil {
		t.Fatalf("vCenter still has %+v", pair)
	}
}

func TestEveryArgument(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	all := basic(config{
		"host_id": "host-2", "metadata_datastore_id": "datastore-1", "config_datastore_id": "datastore-2",
		"disk_datastores": config{"2000": "datastore-2"}, "metro": config{"host_group": "east"}, "enabled": false,
		"apply_drs_recommendation": true, "timeouts": config{"create": "1m"},
	})
	c.Apply(t.Context(), all).Clean(t)
	fake.is(t, primaryID, vsphere.FaultToleranceDisabled)
	c.Is("disabled", "state")
	c.Settled(all)
	spec := fake.specs[0]
	if spec.HostID != "host-2" || spec.MetadataDatastoreID != "datastore-1" || spec.ConfigDatastoreID != "datastore-2" ||
		spec.DiskDatastores["2000"] != "datastore-2" || *spec.MetroHostGroup != "east" {
		t.Errorf("asked for %+v", spec)
	}
}

func TestEnabledInPlace(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	off := basic(config{"enabled": false})
	c.Apply(t.Context(), basic()).Clean(t)
	if action := c.Apply(t.Context(), off).Clean(t).Action; action != "update" {
		t.Errorf("disabling is %s", action)
	}
	fake.is(t, primaryID, vsphere.FaultToleranceDisabled)
	c.Is("disabled", "state")
	c.Settled(off)
	if action := c.Apply(t.Context(), basic()).Clean(t).Action; action != "update" {
		t.Errorf("enabling is %s", action)
	}
	fake.is(t, primaryID, vsphere.FaultToleranceRunning)
	c.Settled(basic())
}

func TestReplacedByWhatAppliesAtCreationOnly(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]config{
		"host":     {"host_id": "host-2"},
		"metadata": {"metadata_datastore_id": "datastore-2"},
		"config":   {"config_datastore_id": "datastore-2"},
		"disks":    {"disk_datastores": config{"2000": "datastore-2"}},
		"metro":    {"metro": config{"host_group": "east"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake()
			c := newCore(t, fake)
			c.Apply(t.Context(), basic()).Clean(t)
			first := fake.pair().SecondaryID
			if action := c.Apply(t.Context(), basic(change)).Clean(t).Action; action != "replace" {
				t.Errorf("it is %s", action)
			}
			if fake.pair().SecondaryID == first {
				t.Error("the secondary is the same")
			}
			c.Settled(basic(change))
		})
	}
}

func TestDisappears(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(f *fakeVSphere){
		"turned off": func(f *fakeVSphere) { clear(f.pairs) },
		"primary destroyed": func(f *fakeVSphere) {
			clear(f.pairs)
			clear(f.vms)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake()
			c := newCore(t, fake)
			c.Apply(t.Context(), basic()).Clean(t)
			change(fake)
			c.Refresh().Clean(t)
			if !c.State.IsNull() {
				t.Fatalf("it is still in state: %s", c.State)
			}
		})
	}
}

func TestDestroyWhatIsGone(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(f *fakeVSphere){
		"turned off": func(f *fakeVSphere) { clear(f.pairs) },
		"primary destroyed": func(f *fakeVSphere) {
			clear(f.pairs)
			clear(f.vms)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake()
			c := newCore(t, fake)
			c.Apply(t.Context(), basic()).Clean(t)
			change(fake)
			c.Destroy(t.Context()).Clean(t)
		})
	}
}

func TestFailedOver(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Clean(t)
	second := fake.pair().SecondaryID
	fake.failOver()
	c.Refresh().Warned(t, primaryID+" failed over to "+second)
	c.Is(second, "primary_vm_id")
	c.Is(primaryID, "id")

	follows := basic(config{"primary_vm_id": second})
	c.Settled(follows)

	planned := c.Plan(basic(config{"host_id": "host-2"}))
	planned.Failed(t, "would be removed")

	if action := c.Apply(t.Context(), basic()).Clean(t).Action; action != "update" {
		t.Errorf("failing back is %s", action)
	}
	fake.is(t, primaryID, vsphere.FaultToleranceRunning)
	c.Is(second, "id")
	c.Settled(basic())
}

func TestFailedOverAndPrimaryGone(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Clean(t)
	second := fake.pair().SecondaryID
	fake.failOver()
	delete(fake.vms, primaryID)
	third := *fake.vms[second]
	third.ID = "vm-3"
	fake.vms["vm-3"], fake.pair().SecondaryID = &third, "vm-3"
	c.Refresh().Warned(t, "failed over")
	c.Is(second, "primary_vm_id")
	c.Is("vm-3", "id")
}

func TestPowerOnFails(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.outcome.PowerOnFault = &apierr.Error{
		Kind: apierr.Insufficient, Code: "InsufficientResourcesFault", Messages: []string{"no host can run it"},
	}
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Warned(t, "no host can run it")
	c.Is("InsufficientResourcesFault: no host can run it", "power_on_fault")
	c.Is("needSecondary", "state")
	c.Settled(basic())

	fake.pair().SecondaryPowerState = vsphere.PoweredOn // by another client
	c.Settled(basic())
	c.Is("<null>", "power_on_fault")
}

func TestRecommendations(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.outcome.Recommendations = []vsphere.Recommendation{{Key: "7", ClusterID: "domain-c9", Reason: "power it on"}, {Key: "8"}}
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Warned(t, "waits for approval")
	c.recommended(2)
	c.Settled(basic())

	approved := basic(config{"apply_drs_recommendation": true})
	if action := c.Apply(t.Context(), approved).Clean(t).Action; action != "update" {
		t.Errorf("approving is %s", action)
	}
	fake.is(t, primaryID, vsphere.FaultToleranceRunning)
	c.recommended(0)
	c.Settled(approved)
	for _, call := range []string{"ApplyRecommendation domain-c9 7", "ApplyRecommendation domain-c1 8", "WaitForPowerState"} {
		if fake.made(call) != 1 {
			t.Errorf("%s was made %d times", call, fake.made(call))
		}
	}
}

func TestRecommendationsAppliedAtOnce(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.outcome.Recommendations = []vsphere.Recommendation{{Key: "7", ClusterID: "domain-c1", Reason: "power it on"}}
	c := newCore(t, fake)
	approved := basic(config{"apply_drs_recommendation": true})
	c.Apply(t.Context(), approved).Clean(t)
	c.recommended(0)
	c.Is("true", "power_on_attempted")
	c.Settled(approved)
}

func TestRecommendationRefused(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.outcome.Recommendations = []vsphere.Recommendation{{Key: "7", ClusterID: "domain-c1", Reason: "power it on"}}
	fake.errs["ApplyRecommendation domain-c1 7"] = []error{&apierr.Error{Kind: apierr.Denied, Code: "NoPermission"}}
	c := newCore(t, fake)
	approved := basic(config{"apply_drs_recommendation": true})
	c.Apply(t.Context(), approved).Warned(t, "NoPermission")
	c.recommended(1)
	c.Apply(t.Context(), approved).Clean(t) // the next apply tries again
	c.recommended(0)
	c.Settled(approved)
}

func TestImport(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.ImportBy(primaryID, nil).Failed(t, `No FT secondary has the primary "vm-1"`)
	c.ImportBy("vm-9", nil).Failed(t, `No virtual machine has the id "vm-9"`)
	c.ImportBy("db", nil).Failed(t, `Cannot import "db"`)
	all := basic(config{"host_id": "host-2", "metadata_datastore_id": "datastore-1"})
	c.Apply(t.Context(), all).Clean(t)

	for _, id := range []string{primaryID, "/DC/vm/db"} {
		again := newCore(t, fake)
		again.ImportBy(id, nil).Clean(t)
		again.Is(fake.pair().SecondaryID, "id")
		if action := again.Apply(t.Context(), all).Clean(t).Action; action != "update" {
			t.Errorf("writing down what an import can't tell is %s", action)
		}
		again.Settled(all)
	}
	newCore(t, fake).ImportBy(fake.pair().SecondaryID, nil).Failed(t, `Import "vm-1"`)
}
