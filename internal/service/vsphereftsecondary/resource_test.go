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
	c.apply(t.Context(), basic()).clean(t)
	fake.is(t, primaryID, vsphere.FaultToleranceRunning)
	c.is("id", fake.pair().SecondaryID)
	c.is("state", "running")
	c.is("enabled", "true")
	c.is("secondary_host_id", "host-2")
	c.is("power_on_attempted", "true")
	c.is("power_on_fault", "<null>")
	c.is("recommendations", "0")
	c.is("pending_task_id", "<null>")
	c.settled(basic())
	c.destroy(t.Context()).clean(t)
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
	c.apply(t.Context(), all).clean(t)
	fake.is(t, primaryID, vsphere.FaultToleranceDisabled)
	c.is("state", "disabled")
	c.settled(all)
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
	c.apply(t.Context(), basic()).clean(t)
	if action := c.apply(t.Context(), off).clean(t).action; action != "update" {
		t.Errorf("disabling is %s", action)
	}
	fake.is(t, primaryID, vsphere.FaultToleranceDisabled)
	c.is("state", "disabled")
	c.settled(off)
	if action := c.apply(t.Context(), basic()).clean(t).action; action != "update" {
		t.Errorf("enabling is %s", action)
	}
	fake.is(t, primaryID, vsphere.FaultToleranceRunning)
	c.settled(basic())
}

func TestReplacedByWhatOnlyCountsAtTheStart(t *testing.T) {
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
			c.apply(t.Context(), basic()).clean(t)
			first := fake.pair().SecondaryID
			if action := c.apply(t.Context(), basic(change)).clean(t).action; action != "replace" {
				t.Errorf("it is %s", action)
			}
			if fake.pair().SecondaryID == first {
				t.Error("the secondary is the same")
			}
			c.settled(basic(change))
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
			c.apply(t.Context(), basic()).clean(t)
			change(fake)
			c.refresh().clean(t)
			if !c.state.IsNull() {
				t.Fatalf("it is still in state: %s", c.state)
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
			c.apply(t.Context(), basic()).clean(t)
			change(fake)
			c.destroy(t.Context()).clean(t)
		})
	}
}

func TestFailedOver(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.apply(t.Context(), basic()).clean(t)
	second := fake.pair().SecondaryID
	fake.failOver()
	c.refresh().warned(t, primaryID+" failed over to "+second)
	c.is("primary_vm_id", second)
	c.is("id", primaryID)

	follows := basic(config{"primary_vm_id": second})
	c.settled(follows)

	planned, _ := c.plan(basic(config{"host_id": "host-2"}))
	planned.failed(t, "would be removed")

	if action := c.apply(t.Context(), basic()).clean(t).action; action != "update" {
		t.Errorf("failing back is %s", action)
	}
	fake.is(t, primaryID, vsphere.FaultToleranceRunning)
	c.is("id", second)
	c.settled(basic())
}

func TestFailedOverAndPrimaryGone(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.apply(t.Context(), basic()).clean(t)
	second := fake.pair().SecondaryID
	fake.failOver()
	delete(fake.vms, primaryID)
	third := *fake.vms[second]
	third.ID = "vm-3"
	fake.vms["vm-3"], fake.pair().SecondaryID = &third, "vm-3"
	c.refresh().warned(t, "failed over")
	c.is("primary_vm_id", second)
	c.is("id", "vm-3")
}

func TestPowerOnFails(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.outcome.PowerOnFault = &apierr.Error{
		Kind: apierr.Insufficient, Code: "InsufficientResourcesFault", Messages: []string{"no host can run it"},
	}
	c := newCore(t, fake)
	c.apply(t.Context(), basic()).warned(t, "no host can run it")
	c.is("power_on_fault", "InsufficientResourcesFault: no host can run it")
	c.is("state", "needSecondary")
	c.settled(basic())

	fake.pair().SecondaryPowerState = vsphere.PoweredOn // somebody powers it on
	c.settled(basic())
	c.is("power_on_fault", "<null>")
}

func TestRecommendations(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.outcome.Recommendations = []vsphere.Recommendation{{Key: "7", ClusterID: "domain-c9", Reason: "power it on"}, {Key: "8"}}
	c := newCore(t, fake)
	c.apply(t.Context(), basic()).warned(t, "waits for approval")
	c.is("recommendations", "2")
	c.settled(basic())

	approved := basic(config{"apply_drs_recommendation": true})
	if action := c.apply(t.Context(), approved).clean(t).action; action != "update" {
		t.Errorf("approving is %s", action)
	}
	fake.is(t, primaryID, vsphere.FaultToleranceRunning)
	c.is("recommendations", "0")
	c.settled(approved)
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
	c.apply(t.Context(), approved).clean(t)
	c.is("recommendations", "0")
	c.is("power_on_attempted", "true")
	c.settled(approved)
}

func TestRecommendationRefused(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.outcome.Recommendations = []vsphere.Recommendation{{Key: "7", ClusterID: "domain-c1", Reason: "power it on"}}
	fake.errs["ApplyRecommendation domain-c1 7"] = []error{&apierr.Error{Kind: apierr.Denied, Code: "NoPermission"}}
	c := newCore(t, fake)
	approved := basic(config{"apply_drs_recommendation": true})
	c.apply(t.Context(), approved).warned(t, "NoPermission")
	c.is("recommendations", "1")
	c.apply(t.Context(), approved).clean(t) // the next apply tries again
	c.is("recommendations", "0")
	c.settled(approved)
}

func TestImport(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.importBy(primaryID).failed(t, `No FT secondary has the primary "vm-1"`)
	c.importBy("vm-9").failed(t, `No virtual machine has the id "vm-9"`)
	c.importBy("db").failed(t, `Cannot import "db"`)
	all := basic(config{"host_id": "host-2", "metadata_datastore_id": "datastore-1"})
	c.apply(t.Context(), all).clean(t)

	for _, id := range []string{primaryID, "/DC/vm/db"} {
		again := newCore(t, fake)
		again.importBy(id).clean(t)
		again.is("id", fake.pair().SecondaryID)
		if action := again.apply(t.Context(), all).clean(t).action; action != "update" {
			t.Errorf("writing down what an import can't tell is %s", action)
		}
		again.settled(all)
	}
	newCore(t, fake).importBy(fake.pair().SecondaryID).failed(t, `Import "vm-1"`)
}
