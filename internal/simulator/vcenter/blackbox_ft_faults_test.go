package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// ftCase is the fixture of a test of one fault.
type ftCase struct {
	server *vcenter.Server
	client *govmomi.Client
	vm     *object.VirtualMachine
}

func newFTCase(t *testing.T) ftCase {
	t.Helper()
	server := startServer(t, quick())
	client := loginSOAP(t, server)

	return ftCase{server: server, client: client, vm: virtualMachine(t, server, client, protected)}
}

func (c ftCase) change(t *testing.T, change vcenter.Change) {
	t.Helper()
	if err := c.server.ChangeVM(c.vm.Reference().Value, change); err != nil {
		t.Fatal(err)
	}
}

func (c ftCase) changeCluster(t *testing.T, change vcenter.ClusterChange) {
	t.Helper()
	if err := c.server.ChangeCluster(mustID(t, c.server, "/DC0/host/DC0_C0"), change); err != nil {
		t.Fatal(err)
	}
}

// wantRefused asserts that a secondary cannot be created, that nothing is left of it, and that the fault says why.
func (c ftCase) wantRefused(t *testing.T, request types.CreateSecondaryVMEx_Task, want string) {
	t.Helper()
	before := len(c.server.VMs())
	_, err := createSecondary(t, c.client, c.vm, request)
	wantFault(t, err, want)
	if after := len(c.server.VMs()); after != before {
		t.Errorf("%d VMs, %d before", after, before)
	}
	if state := readVM(t, c.client, c.vm.Reference()).Runtime.FaultToleranceState; state != "" && state != types.VirtualMachineFaultToleranceStateNotConfigured {
		t.Errorf("the state is %s", state)
	}
}

// wantIssue asserts a VmFaultToleranceConfigIssue, from the task and from the query before it.
func (c ftCase) wantIssue(t *testing.T, reason types.VmFaultToleranceConfigIssueReasonForIssue) {
	t.Helper()
	c.wantRefused(t, types.CreateSecondaryVMEx_Task{}, "VmFaultToleranceConfigIssue")
	for _, issue := range c.query(t) {
		if fault, ok := issue.Fault.(*types.VmFaultToleranceConfigIssue); ok && fault.Reason == string(reason) {
			if fault.FaultMessage == nil || fault.FaultCause == nil {
				t.Errorf("%+v does not say why", fault)
			}

			return
		}
	}
	t.Errorf("the query does not name %s: %+v", reason, c.query(t))
}

func (c ftCase) query(t *testing.T) []types.LocalizedMethodFault {
	t.Helper()
	answer, err := methods.QueryFaultToleranceCompatibilityEx(t.Context(), c.client,
		&types.QueryFaultToleranceCompatibilityEx{This: c.vm.Reference()})
	if err != nil {
		t.Fatal(err)
	}

	return answer.Returnval
}

func TestBlackBoxFTFaultTaskInProgress(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	c.server.HoldTasks("CreateSecondaryVMEx_Task")
	held, err := methods.CreateSecondaryVMEx_Task(t.Context(), c.client, &types.CreateSecondaryVMEx_Task{This: c.vm.Reference()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = createSecondary(t, c.client, c.vm, types.CreateSecondaryVMEx_Task{})
	wantFault(t, err, "TaskInProgress")
	c.server.ReleaseTasks()
	if err := waitTask(t, c.client, held.Returnval, nil); err != nil {
		t.Error(err)
	}
}

func TestBlackBoxFTFaultTemplate(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	c.vm = virtualMachine(t, c.server, c.client, "golden-template")
	c.wantRefused(t, types.CreateSecondaryVMEx_Task{}, "NotSupported")
}

func TestBlackBoxFTFaultWithoutHA(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	if issues := c.query(t); len(issues) != 0 {
		t.Errorf("issues of a good VM: %+v", issues)
	}
	c.changeCluster(t, vcenter.ClusterChange{HighAvailability: new(false)})
	c.wantRefused(t, types.CreateSecondaryVMEx_Task{}, "NotSupported")
	if issues := c.query(t); len(issues) != 1 {
		t.Errorf("the query names %+v", issues)
	}
}

func TestBlackBoxFTFaultInvalidState(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	c.change(t, vcenter.Change{ConnectionState: new("inaccessible")})
	_, err := createSecondary(t, c.client, c.vm, types.CreateSecondaryVMEx_Task{})
	wantFault(t, err, "InvalidState")
}

func TestBlackBoxFTFaultHostNotFound(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	c.wantRefused(t, types.CreateSecondaryVMEx_Task{Host: new(reference("HostSystem", "host-99999"))}, "ManagedObjectNotFound")
	_, err := methods.CreateSecondaryVM_Task(t.Context(), c.client,
		&types.CreateSecondaryVM_Task{This: c.vm.Reference(), Host: new(reference("HostSystem", "host-99999"))})
	wantFault(t, err, "ManagedObjectNotFound")
}

func TestBlackBoxFTFaultNoHost(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	own := mustVM(t, c.server, protected).HostID
	for _, host := range []string{"DC0_C0_H0", "DC0_C0_H1", "DC0_C0_H2"} {
		if id := mustID(t, c.server, "/DC0/host/DC0_C0/"+host); id != own {
			if err := c.server.ChangeHost(id, new(true), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.wantRefused(t, types.CreateSecondaryVMEx_Task{}, "InsufficientResourcesFault")
}

func TestBlackBoxFTFaultHostFull(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	c.changeCluster(t, vcenter.ClusterChange{FaultTolerantVMsPerHost: new(1)})
	first := protect(t, c.server, c.client, protected)
	full := *readVM(t, c.client, first.Reference()).Runtime.Host
	for _, name := range []string{"DC0_C0_RP0_VM1", "DC0_C0_RP0_VM2", "DC0_C0_RP0_VM3"} {
		if mustVM(t, c.server, name).HostID == full.Value {
			continue
		}
		c.vm = virtualMachine(t, c.server, c.client, name)
		c.wantRefused(t, types.CreateSecondaryVMEx_Task{Host: &full}, "VmFaultToleranceTooManyVMsOnHost")

		return
	}
	t.Fatal("all VMs are on one host")
}

func TestBlackBoxFTFaultUnsuitableHost(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	own := reference("HostSystem", mustVM(t, c.server, protected).HostID)
	c.wantRefused(t, types.CreateSecondaryVMEx_Task{Host: &own}, "IncompatibleHostForFtSecondary")
	foreign := reference("HostSystem", mustID(t, c.server, "/DC0/host/DC0_C1/DC0_C1_H0"))
	c.wantRefused(t, types.CreateSecondaryVMEx_Task{Host: &foreign}, "IncompatibleHostForFtSecondary")
}

func TestBlackBoxFTFaultNoSpace(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	small := mustID(t, c.server, "/DC0/datastore/LocalDS_1")
	if err := c.server.ChangeDatastore(small, nil, new(int64(1))); err != nil {
		t.Fatal(err)
	}
	c.wantRefused(t, onDatastore(small), "InsufficientStorageSpace")
}

// onDatastore asks for a secondary with all files on one datastore.
func onDatastore(id string) types.CreateSecondaryVMEx_Task {
	return types.CreateSecondaryVMEx_Task{Spec: &types.FaultToleranceConfigSpec{
		SecondaryVmSpec: &types.FaultToleranceVMConfigSpec{VmConfig: new(reference("Datastore", id))},
	}}
}

func TestBlackBoxFTFaultFiles(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	lost := mustID(t, c.server, "/DC0/datastore/LocalDS_1")
	if err := c.server.ChangeDatastore(lost, new(false), nil); err != nil {
		t.Fatal(err)
	}
	c.wantRefused(t, onDatastore(lost), "CannotAccessFile")
	own := mustVM(t, c.server, protected).DatastoreID
	if err := c.server.ChangeDatastore(own, new(false), nil); err != nil {
		t.Fatal(err)
	}
	c.wantRefused(t, types.CreateSecondaryVMEx_Task{}, "CannotAccessFile")
}

func TestBlackBoxFTFaultNotLicensed(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	c.changeCluster(t, vcenter.ClusterChange{FaultToleranceLicensed: new(false)})
	c.wantRefused(t, types.CreateSecondaryVMEx_Task{}, "FaultToleranceNotLicensed")
	if issues := c.query(t); len(issues) != 1 || typeName(issues[0].Fault) != "FaultToleranceNotLicensed" {
		t.Errorf("the query names %+v", issues)
	}
}

func TestBlackBoxFTFaultConfigIssues(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*testing.T, ftCase)
		reason  types.VmFaultToleranceConfigIssueReasonForIssue
	}{
		"snapshots": {func(t *testing.T, c ftCase) {
			t.Helper()
			started, err := c.vm.CreateSnapshot(t.Context(), "s", "", false, false)
			if err := finish(t, started, err); err != nil {
				t.Fatal(err)
			}
		}, types.VmFaultToleranceConfigIssueReasonForIssueHasSnapshots},
		"processors": {reconfigured(types.VirtualMachineConfigSpec{NumCPUs: 9}), types.VmFaultToleranceConfigIssueReasonForIssueTooManyVCPUs},
		"memory":     {reconfigured(types.VirtualMachineConfigSpec{MemoryMB: 129 << 10}), types.VmFaultToleranceConfigIssueReasonForIssueTooMuchMemory},
		"raw disk": {func(t *testing.T, c ftCase) {
			t.Helper()
			c.change(t, vcenter.Change{AttachDevice: new("raw-disk")})
		}, types.VmFaultToleranceConfigIssueReasonForIssueHasUnsupportedDisk},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newFTCase(t)
			test.prepare(t, c)
			c.wantIssue(t, test.reason)
		})
	}
}

func reconfigured(spec types.VirtualMachineConfigSpec) func(*testing.T, ftCase) {
	return func(t *testing.T, c ftCase) {
		t.Helper()
		setPower(t, c.server, protected, "poweredOff")
		started, err := c.vm.Reconfigure(t.Context(), spec)
		if err := finish(t, started, err); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBlackBoxFTFaultSecondAtOnce(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	secondary := protect(t, c.server, c.client, protected)
	_, err := createSecondary(t, c.client, c.vm, types.CreateSecondaryVMEx_Task{})
	wantFault(t, err, "VmFaultToleranceConfigIssue")
	_, err = createSecondary(t, c.client, secondary, types.CreateSecondaryVMEx_Task{})
	wantFault(t, err, "VmFaultToleranceConfigIssue")
}

func TestBlackBoxFTFaultIncompatibleDevice(t *testing.T) {
	t.Parallel()
	for _, device := range []string{"pci-passthrough", "shared-bus", "file-serial-port"} {
		t.Run(device, func(t *testing.T) {
			t.Parallel()
			c := newFTCase(t)
			c.change(t, vcenter.Change{AttachDevice: &device})
			c.wantRefused(t, types.CreateSecondaryVMEx_Task{}, "VmConfigIncompatibleForFaultTolerance")
		})
	}
}

func TestBlackBoxFTFaultConfig(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	c.change(t, vcenter.Change{AttachDevice: new("independent-disk")})
	c.wantRefused(t, types.CreateSecondaryVMEx_Task{}, "VmConfigFault")
}

func TestBlackBoxFTFaultDisks(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	unknown := &types.VirtualDisk{}
	unknown.Key = 9999
	datastore := reference("Datastore", mustID(t, c.server, "/DC0/datastore/LocalDS_1"))
	c.wantRefused(t, types.CreateSecondaryVMEx_Task{Spec: &types.FaultToleranceConfigSpec{
		SecondaryVmSpec: &types.FaultToleranceVMConfigSpec{
			Disks: []types.FaultToleranceDiskSpec{{Disk: unknown, Datastore: datastore}},
		},
	}}, "InvalidArgument")
}

func TestBlackBoxFTFaultNoPermission(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	secondary := protect(t, c.server, c.client, protected)
	client, err := dialSOAP(t, c.server, restricted, restricted)
	if err != nil {
		t.Fatal(err)
	}
	vm := virtualMachine(t, c.server, client, protected)
	for name, call := range map[string]func() error{
		"create": func() error {
			_, err := createSecondary(t, client, vm, types.CreateSecondaryVMEx_Task{})

			return err
		},
		"turn off":  func() error { return turnOff(t, client, vm) },
		"disable":   func() error { return disableSecondary(t, client, vm, secondary) },
		"enable":    func() error { return enableSecondary(t, client, vm, secondary) },
		"swap":      func() error { return makePrimary(t, client, vm, secondary) },
		"terminate": func() error { return terminate(t, client, vm, nil) },
		"query": func() error {
			_, err := methods.QueryFaultToleranceCompatibilityEx(t.Context(), client,
				&types.QueryFaultToleranceCompatibilityEx{This: vm.Reference()})

			return err
		},
		"apply": func() error {
			_, err := methods.ApplyRecommendation(t.Context(), client, &types.ApplyRecommendation{
				This: reference("ClusterComputeResource", mustID(t, c.server, "/DC0/host/DC0_C0")), Key: "1",
			})

			return err
		},
	} {
		if got := faultName(call()); got != "NoPermission" {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
