package vsphereftsecondary

import (
	"context"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestPlanChecks(t *testing.T) {
	t.Parallel()
	primary := func(change func(vm *vsphere.VirtualMachine)) func(f *fakeVSphere) {
		return func(f *fakeVSphere) { change(f.vms[primaryID]) }
	}
	away := &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}
	for name, test := range map[string]struct {
		change   func(f *fakeVSphere)
		config   config
		warnings int // else one error
		words    string
	}{
		"no such primary":    {config: config{"primary_vm_id": "vm-9"}, words: `There is no virtual machine "vm-9"`},
		"template":           {primary(func(vm *vsphere.VirtualMachine) { vm.Template = true }), nil, 0, `"db" (vm-1) is a template`},
		"disconnected":       {primary(func(vm *vsphere.VirtualMachine) { vm.ConnectionState = "orphaned" }), nil, 0, "The VM is orphaned"},
		"snapshots":          {primary(func(vm *vsphere.VirtualMachine) { vm.CurrentSnapshotID = "snapshot-1" }), nil, 0, `"db" (vm-1) has snapshots`},
		"no cluster":         {primary(func(vm *vsphere.VirtualMachine) { vm.Placement.ClusterID = "" }), nil, 0, "in no cluster"},
		"cluster without HA": {primary(func(vm *vsphere.VirtualMachine) { vm.Placement.ClusterID = "domain-c2" }), nil, 0, "without vSphere HA"},
		"a secondary already": {
			func(f *fakeVSphere) { f.add(vsphere.SecondarySpec{PrimaryID: primaryID}) }, nil, 0,
			"vm-1 is fault tolerant already",
		},
		"vCenter says no": {func(f *fakeVSphere) {
			f.findings = []vsphere.CheckFinding{{Severity: vsphere.CheckError, Err: &apierr.Error{
				Kind: apierr.InvalidState, Code: "VmFaultToleranceConfigIssue", Messages: []string{"9 CPUs"},
			}}}
		}, nil, 0, "9 CPUs"},
		"vCenter warns": {func(f *fakeVSphere) {
			f.findings = []vsphere.CheckFinding{{Err: &apierr.Error{Code: "VmFaultToleranceIssue", Messages: []string{"see"}}}}
		}, nil, 1, "may be made fault tolerant"},
		"vCenter is too old to say": {func(f *fakeVSphere) {
			f.errs["CheckFaultTolerance"] = []error{&apierr.Error{Kind: apierr.Unsupported, Code: apierr.CodeVersionTooOld}}
		}, nil, -1, ""},
		"vCenter does not say": {func(f *fakeVSphere) { f.errs["CheckFaultTolerance"] = []error{away} }, nil, 1, "Could not check"},
		"a wrong password": {func(f *fakeVSphere) {
			f.before["VirtualMachine"] = func(context.Context, *fakeVSphere) error {
				return &apierr.Error{Kind: apierr.Unauthenticated, Code: apierr.CodeInvalidLogin}
			}
			f.before["Object"] = f.before["VirtualMachine"]
		}, config{"config_datastore_id": "datastore-1"}, 0, "Could not connect to vCenter"},
		"no such host":        {nil, config{"host_id": "host-9"}, 0, `There is no host "host-9"`},
		"host in maintenance": {nil, config{"host_id": "host-4"}, 0, "maintenance mode"},
		"the primary's host":  {nil, config{"host_id": "host-1"}, 0, `vm-1 runs on the host "host-1" itself`},
		"another cluster's":   {nil, config{"host_id": "host-3"}, 0, "is not in the cluster of vm-1"},
		"no such metadata":    {nil, config{"metadata_datastore_id": "datastore-9"}, 0, `There is no datastore "datastore-9"`},
		"no such datastore":   {nil, config{"config_datastore_id": "datastore-9"}, 0, `There is no datastore "datastore-9"`},
		"no such disk":        {nil, config{"disk_datastores": config{"2009": "datastore-1"}}, 0, `"db" (vm-1) has no disk "2009"`},
		"no disk's datastore": {nil, config{"disk_datastores": config{"2000": "datastore-9"}}, 0, `There is no datastore "datastore-9"`},
		"metro too early": {
			func(f *fakeVSphere) { f.version = "8.0.2.0" },
			config{"metro": config{"host_group": "east"}},
			0,
			"no metro cluster pairs yet",
		},
		"nothing known": {nil, config{"primary_vm_id": playedcli.Unknown{}, "host_id": playedcli.Unknown{}, "disk_datastores": playedcli.Unknown{}, "metro": playedcli.Unknown{}}, -1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake()
			if test.change != nil {
				test.change(fake)
			}
			planned := newCore(t, fake).Plan(basic(test.config))
			switch {
			case test.warnings < 0:
				planned.Clean(t)
			case test.warnings > 0:
				planned.Warned(t, test.words)
			default:
				planned.Failed(t, test.words)
			}
			if fake.made("CreateSecondary") != 0 {
				t.Error("the plan has effects")
			}
		})
	}
}

func TestOlderThan(t *testing.T) {
	t.Parallel()
	for version, older := range map[string]bool{
		"8.0.2.0": true, "8.0.3": false, "8.0.3.0": false, "8.1": false, "9.0.0.0": false, "7.0.3.2": true, "": true, "8.0.10": false,
	} {
		if olderThan(version, metroVersion) != older {
			t.Errorf("olderThan(%q, %q) is %t", version, metroVersion, !older)
		}
	}
}

// A replaced pair that is tainted is planned as a new one, and the pair that goes first is not in its way.
func TestTaintedIsReplaced(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.goes = failsLate
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Failed(t, "could not finish it")
	c.Refresh().Clean(t)
	fake.goes = succeeds
	first := fake.pair().SecondaryID
	if action := c.Apply(t.Context(), basic()).Clean(t).Action; action != "replace" {
		t.Errorf("it is %s", action)
	}
	if fake.pair().SecondaryID == first {
		t.Error("the secondary is the same")
	}
	c.Settled(basic())
}

// What many pairs have in common is asked for once a phase of the CLI, but what could not be answered is asked for again.
func TestPlanChecks_shareObjects(t *testing.T) {
	t.Parallel()
	fake := newFake()
	wanted := basic(config{"host_id": "host-2", "config_datastore_id": "datastore-1", "metadata_datastore_id": "datastore-1"})
	const objects = 3 // the cluster, the host, the datastore
	c := newCore(t, fake)
	for range 3 {
		planned := c.Plan(wanted)
		planned.Clean(t)
	}
	if asked := fake.made("Object"); asked != objects {
		t.Errorf("one phase asked for objects %d times, want %d", asked, objects)
	}
	away := &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}
	fake.errs["Object"] = []error{away, away, away, away}
	next := newCore(t, fake)
	planned := next.Plan(wanted)
	planned.Says(t, 0, objects, "Could not check")
	fake.errs["Object"] = nil
	before := fake.made("Object")
	planned = next.Plan(wanted)
	planned.Clean(t)
	if asked := fake.made("Object") - before; asked != objects {
		t.Errorf("after failures objects were asked for %d times, want %d", asked, objects)
	}
}
