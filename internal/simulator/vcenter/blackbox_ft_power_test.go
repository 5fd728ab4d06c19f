package vcenter_test

import (
	"net/http"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestBlackBoxFTManualDRS waits for approval where DRS is manual.
func TestBlackBoxFTManualDRS(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	cluster := reference("ClusterComputeResource", mustID(t, c.server, "/DC0/host/DC0_C0"))
	reconfigure := object.NewClusterComputeResource(c.client.Client, cluster)
	started, err := reconfigure.Reconfigure(t.Context(), &types.ClusterConfigSpecEx{
		DrsConfig: &types.ClusterDrsConfigInfo{DefaultVmBehavior: types.DrsBehaviorManual},
	}, true)
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
	result, err := createSecondary(t, c.client, c.vm, types.CreateSecondaryVMEx_Task{})
	if err != nil {
		t.Fatal(err)
	}
	if !result.PowerOnAttempted || len(result.PowerOnResult.Recommendations) != 1 || len(result.PowerOnResult.Attempted) != 0 {
		t.Fatalf("result: %+v", result)
	}
	secondary := object.NewVirtualMachine(c.client.Client, result.Vm)
	wantFTState(t, types.VirtualMachineFaultToleranceStateNeedSecondary, c.vm)
	wantFTState(t, types.VirtualMachineFaultToleranceStateEnabled, secondary)

	key := result.PowerOnResult.Recommendations[0].Key
	var waiting mo.ClusterComputeResource
	if err := c.vm.Properties(t.Context(), cluster, []string{"recommendation", "drsRecommendation"}, &waiting); err != nil {
		t.Fatal(err)
	}
	if len(waiting.Recommendation) != 1 || waiting.Recommendation[0].Key != key || len(waiting.DrsRecommendation) != 1 ||
		waiting.Recommendation[0].Action[0].GetClusterAction().Target.Value != result.Vm.Value {
		t.Errorf("the cluster recommends %+v", waiting.Recommendation)
	}
	_, err = methods.ApplyRecommendation(t.Context(), c.client, &types.ApplyRecommendation{This: cluster, Key: "no such"})
	wantFault(t, err, "InvalidArgument")
	if _, err := methods.ApplyRecommendation(t.Context(), c.client, &types.ApplyRecommendation{This: cluster, Key: key}); err != nil {
		t.Fatal(err)
	}
	wantFTState(t, types.VirtualMachineFaultToleranceStateRunning, c.vm, secondary)
	if err := c.vm.Properties(t.Context(), cluster, []string{"recommendation"}, &waiting); err != nil || len(waiting.Recommendation) != 0 {
		t.Errorf("still recommended: %+v (%v)", waiting.Recommendation, err)
	}
	_, err = methods.ApplyRecommendation(t.Context(), c.client, &types.ApplyRecommendation{This: cluster, Key: key})
	wantFault(t, err, "InvalidArgument")
}

// TestBlackBoxFTRecommendationGone removes a recommendation when nothing is left to power on.
func TestBlackBoxFTRecommendationGone(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	c.changeCluster(t, vcenter.ClusterChange{DRS: new("manual")})
	if _, err := createSecondary(t, c.client, c.vm, types.CreateSecondaryVMEx_Task{}); err != nil {
		t.Fatal(err)
	}
	cluster := reference("ClusterComputeResource", mustID(t, c.server, "/DC0/host/DC0_C0"))
	if _, err := methods.RefreshRecommendation(t.Context(), c.client, &types.RefreshRecommendation{This: cluster}); err != nil {
		t.Fatal(err)
	}
	var waiting mo.ClusterComputeResource
	read := func() int {
		if err := c.vm.Properties(t.Context(), cluster, []string{"recommendation"}, &waiting); err != nil {
			t.Fatal(err)
		}

		return len(waiting.Recommendation)
	}
	if count := read(); count != 1 {
		t.Errorf("%d recommendations, want one", count)
	}
	if err := turnOff(t, c.client, c.vm); err != nil {
		t.Fatal(err)
	}
	waiting.Recommendation = nil
	if count := read(); count != 0 {
		t.Errorf("%d recommendations of a pair that is gone", count)
	}
}

// TestBlackBoxFTPowerOnFails creates a secondary that cannot be powered on: the task succeeds and names the fault.
func TestBlackBoxFTPowerOnFails(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	c.server.Inject(vcenter.Fault{
		Method: vcenter.PowerOnSecondary, Where: vcenter.FaultInTask, Code: "InsufficientFailoverResourcesFault",
		Message: "No failover capacity.", Messages: []string{"Admission control."},
	})
	result, err := createSecondary(t, c.client, c.vm, types.CreateSecondaryVMEx_Task{})
	if err != nil {
		t.Fatal(err)
	}
	if !result.PowerOnAttempted || len(result.PowerOnResult.NotAttempted) != 1 || len(result.PowerOnResult.Attempted) != 0 {
		t.Fatalf("result: %+v", result)
	}
	failed := result.PowerOnResult.NotAttempted[0]
	if failed.Vm != result.Vm || typeName(failed.Fault.Fault) != "InsufficientFailoverResourcesFault" ||
		failed.Fault.LocalizedMessage != "No failover capacity." {
		t.Errorf("not attempted: %+v", failed)
	}
	secondary := object.NewVirtualMachine(c.client.Client, result.Vm)
	wantFTState(t, types.VirtualMachineFaultToleranceStateNeedSecondary, c.vm)
	// Once it can, it runs.
	if err := disableSecondary(t, c.client, c.vm, secondary); err != nil {
		t.Fatal(err)
	}
	if err := enableSecondary(t, c.client, c.vm, secondary); err != nil {
		t.Fatal(err)
	}
	wantFTState(t, types.VirtualMachineFaultToleranceStateRunning, c.vm, secondary)
}

// TestBlackBoxFTMetro keeps the members of a metro cluster pair in different host groups.
func TestBlackBoxFTMetro(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	cluster := object.NewClusterComputeResource(c.client.Client,
		reference("ClusterComputeResource", mustID(t, c.server, "/DC0/host/DC0_C0")))
	site := mustVM(t, c.server, protected).HostID
	group := &types.ClusterHostGroup{
		ClusterGroupInfo: types.ClusterGroupInfo{Name: "site-a"}, Host: []types.ManagedObjectReference{reference("HostSystem", site)},
	}
	started, err := cluster.Reconfigure(t.Context(), &types.ClusterConfigSpecEx{GroupSpec: []types.ClusterGroupSpec{{
		ArrayUpdateSpec: types.ArrayUpdateSpec{Operation: types.ArrayUpdateOperationAdd}, Info: group,
	}}}, true)
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
	metro := func(group string) types.CreateSecondaryVMEx_Task {
		return types.CreateSecondaryVMEx_Task{Spec: &types.FaultToleranceConfigSpec{MetroFtEnabled: new(true), MetroFtHostGroup: group}}
	}
	c.wantRefused(t, metro("site-b"), "VmFaultToleranceConfigIssue")
	result, err := createSecondary(t, c.client, c.vm, metro("site-a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range []types.ManagedObjectReference{c.vm.Reference(), result.Vm} {
		if got := readVM(t, c.client, ref); got.Config.MetroFtHostGroup != "site-a" || got.Config.MetroFtEnabled == nil {
			t.Errorf("%s: metro group %q", ref, got.Config.MetroFtHostGroup)
		}
	}
	older := startServer(t, vcenter.Options{VMs: 1, APIVersion: "8.0.2.0"})
	client := loginSOAP(t, older)
	_, err = createSecondary(t, client, virtualMachine(t, older, client, protected), metro("site-a"))
	wantFault(t, err, "InvalidRequest")
}

// TestBlackBoxFTControl drives clusters and pairs over HTTP.
func TestBlackBoxFTControl(t *testing.T) {
	t.Parallel()
	c := newFTCase(t)
	control := anonymous(t, c.server)
	cluster := "/_control/clusters/" + mustID(t, c.server, "/DC0/host/DC0_C0")
	control.do(t.Context(), http.MethodPost, cluster, spec{"fault_tolerance_licensed": false}).wantStatus(t, http.StatusNoContent)
	c.wantRefused(t, types.CreateSecondaryVMEx_Task{}, "FaultToleranceNotLicensed")
	control.do(t.Context(), http.MethodPost, cluster, spec{"fault_tolerance_licensed": true, "drs": "fullyAutomated"}).
		wantStatus(t, http.StatusNoContent)
	secondary := protect(t, c.server, c.client, protected)
	wantFTState(t, types.VirtualMachineFaultToleranceStateRunning, c.vm)
	control.do(t.Context(), http.MethodPost, "/_control/vms/"+c.vm.Reference().Value+"/fail-over", nil).
		wantStatus(t, http.StatusNoContent)
	wantPair(t, readVM(t, c.client, secondary.Reference()), readVM(t, c.client, c.vm.Reference()))
	control.do(t.Context(), http.MethodPost, "/_control/clusters/domain-c9999", spec{}).wantStatus(t, http.StatusBadRequest)
	control.do(t.Context(), http.MethodPost, "/_control/vms/vm-99999/fail-over", nil).wantStatus(t, http.StatusBadRequest)
	control.do(t.Context(), http.MethodPost, cluster, spec{"drs": "sometimes"}).wantStatus(t, http.StatusBadRequest)
}
