package vsphere_test

import (
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// protect makes a VM fault tolerant.
func protect(t *testing.T, client *vsphere.Client, spec vsphere.SecondarySpec) vsphere.SecondaryResult {
	t.Helper()
	h, err := client.CreateSecondary(t.Context(), spec)

	return finish(t, h, err)
}

func pairOf(t *testing.T, client *vsphere.Client, id string) vsphere.FaultTolerance {
	t.Helper()
	pair, err := client.FaultTolerance(t.Context(), id)
	if err != nil {
		t.Fatalf("the pair of %s: %v", id, err)
	}

	return pair
}

func TestFaultTolerance_life(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			primary := mustVM(t, server, runningVM)
			if pair := pairOf(t, client, primary.ID); pair.Role != vsphere.RoleNone || pair.State != vsphere.FaultToleranceNotConfigured {
				t.Fatalf("before: %+v", pair)
			}
			if found, err := client.CheckFaultTolerance(t.Context(), primary.ID); err != nil || len(found) != 0 {
				t.Errorf("check: %+v, %v", found, err)
			}
			other := server.ID("/DC0/datastore/LocalDS_1")
			disks := map[string]string{}
			for key := range primary.Disks {
				disks[key] = other
			}
			result := protect(t, client, vsphere.SecondarySpec{
				PrimaryID: primary.ID, MetadataDatastoreID: other, ConfigDatastoreID: other, DiskDatastores: disks,
			})
			if result.SecondaryID == "" || !result.PowerOnAttempted || result.PowerOnFault != nil || len(result.Recommendations) != 0 {
				t.Fatalf("result %+v", result)
			}
			waitFor(t, func() bool { return pairOf(t, client, primary.ID).State == vsphere.FaultToleranceRunning })
			pair := pairOf(t, client, primary.ID)
			want := vsphere.FaultTolerance{
				VMID: primary.ID, State: vsphere.FaultToleranceRunning, Role: vsphere.RolePrimary, PrimaryID: primary.ID,
				VMName: primary.Name, InstanceUUID: primary.InstanceUUID, ConnectionState: "connected",
				PrimaryName: primary.Name, PrimaryInstanceUUID: primary.InstanceUUID, SecondaryInstanceUUID: pair.SecondaryInstanceUUID,
				SecondaryID: result.SecondaryID, SecondaryState: vsphere.FaultToleranceRunning,
				SecondaryHostID: pair.SecondaryHostID, SecondaryPowerState: vsphere.PoweredOn,
			}
			if pair != want || pair.SecondaryInstanceUUID == "" || pair.SecondaryInstanceUUID == primary.InstanceUUID {
				t.Errorf("\n got %+v\nwant %+v", pair, want)
			}
			if pair.SecondaryHostID == "" || pair.SecondaryHostID == primary.HostID {
				t.Errorf("\n got %+v\nwant %+v", pair, want)
			}
			if mirror := pairOf(t, client, result.SecondaryID); mirror.Role != vsphere.RoleSecondary ||
				mirror.PrimaryID != primary.ID || mirror.SecondaryID != result.SecondaryID || mirror.SecondaryHostID != pair.SecondaryHostID {
				t.Errorf("from the other side: %+v", mirror)
			}
			secondary, err := client.VirtualMachine(t.Context(), result.SecondaryID)
			if err != nil || secondary.Placement.DatastoreID != other || secondary.FaultToleranceRole != vsphere.RoleSecondary {
				t.Errorf("the secondary: %+v, %v", secondary, err)
			}
			done(t)(client.DisableSecondary(t.Context(), primary.ID, result.SecondaryID))
			if pair := pairOf(t, client, primary.ID); pair.State != vsphere.FaultToleranceDisabled {
				t.Errorf("disabled: %+v", pair)
			}
			h, err := client.EnableSecondary(t.Context(), primary.ID, result.SecondaryID, "")
			if enabled := finish(t, h, err); enabled.SecondaryID != result.SecondaryID || enabled.PowerOnFault != nil {
				t.Errorf("enabled: %+v", enabled)
			}
			waitFor(t, func() bool { return pairOf(t, client, primary.ID).State == vsphere.FaultToleranceRunning })
			done(t)(client.TurnOffFaultTolerance(t.Context(), primary.ID))
			if pair := pairOf(t, client, primary.ID); pair.Role != vsphere.RoleNone {
				t.Errorf("turned off: %+v", pair)
			}
		})
	}
}

func TestFaultTolerance_recommendation(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			clusterID := server.ID("/DC0/host/DC0_C0")
			if err := server.ChangeCluster(clusterID, vcenter.ClusterChange{DRS: new("manual")}); err != nil {
				t.Fatal(err)
			}
			cluster, err := client.Object(t.Context(), vsphere.TypeCluster, clusterID)
			if err != nil || !cluster.HighAvailability || cluster.DRSBehavior != "manual" {
				t.Errorf("cluster %+v, %v", cluster, err)
			}
			result := protect(t, client, vsphere.SecondarySpec{PrimaryID: mustVM(t, server, runningVM).ID})
			if len(result.Recommendations) == 0 || result.Recommendations[0].Key == "" || result.Recommendations[0].Reason == "" {
				t.Fatalf("result %+v", result)
			}
			for _, advice := range result.Recommendations {
				if err := client.ApplyRecommendation(t.Context(), clusterID, advice.Key); err != nil {
					t.Errorf("apply %+v: %v", advice, err)
				}
			}
			if err := client.WaitForPowerState(t.Context(), result.SecondaryID, vsphere.PoweredOn); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFaultTolerance_cannotBe(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			vm := mustVM(t, server, runningVM).ID
			snapshot(t, client, vsphere.SnapshotSpec{VMID: vm, Name: "in the way"})
			found, err := client.CheckFaultTolerance(t.Context(), vm)
			if err != nil || len(found) == 0 || found[0].Severity != vsphere.CheckError || found[0].Err.Kind != apierr.InvalidState ||
				len(found[0].Err.Messages) == 0 {
				t.Errorf("check: %+v, %v", found, err)
			}
			_, err = client.CreateSecondary(t.Context(), vsphere.SecondarySpec{
				PrimaryID: vm, DiskDatastores: map[string]string{"4711": server.ID("/DC0/datastore/LocalDS_0")},
			})
			if failure := wantError(t, err, apierr.InvalidArgument, "InvalidDeviceSpec"); !slices.Equal(failure.Arguments, []string{"4711"}) {
				t.Errorf("arguments %q", failure.Arguments)
			}
			none, err := client.Object(t.Context(), vsphere.TypeCluster, server.ID("/DC0/host/DC0_C1"))
			if err != nil || none.HighAvailability || none.DRSBehavior != "manual" {
				t.Errorf("cluster without HA: %+v, %v", none, err)
			}
		})
	}
}

func TestFaultTolerance_versions(t *testing.T) {
	t.Parallel()
	group := "site-a"
	old := startSimulator(t, vcenter.Options{APIVersion: "8.0.2.0"})
	client := connect(t, configFor(old))
	vm := mustVM(t, old, runningVM).ID
	_, err := client.CreateSecondary(t.Context(), vsphere.SecondarySpec{PrimaryID: vm, MetroHostGroup: &group})
	if failure := wantError(t, err, apierr.Unsupported, apierr.CodeVersionTooOld); !slices.Equal(failure.Arguments, []string{"8.0.3", "8.0.2.0"}) {
		t.Errorf("arguments %q", failure.Arguments)
	}
	ancient := startSimulator(t, vcenter.Options{APIVersion: "5.5"})
	client = connect(t, configFor(ancient))
	vm = mustVM(t, ancient, runningVM).ID
	_, err = client.CreateSecondary(t.Context(), vsphere.SecondarySpec{PrimaryID: vm, ConfigDatastoreID: "datastore-1"})
	wantError(t, err, apierr.Unsupported, apierr.CodeVersionTooOld)
	_, err = client.StartInstantClone(t.Context(), vsphere.InstantCloneSpec{SourceID: vm, Name: "x"})
	wantError(t, err, apierr.Unsupported, apierr.CodeVersionTooOld)
	protect(t, client, vsphere.SecondarySpec{PrimaryID: vm})
	if counts := ancient.Requests().ByMethod; counts["CreateSecondaryVM_Task"] != 1 || counts["CreateSecondaryVMEx_Task"] != 0 {
		t.Errorf("requests %v", counts)
	}
}

func TestFaultTolerance_lostAnswer(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	vm := mustVM(t, server, runningVM).ID
	const op = "CreateSecondaryVMEx_Task"
	server.HoldTasks(op)
	server.Inject(vcenter.Fault{Method: op, Drop: vcenter.DropAfter})
	if _, err := client.CreateSecondary(t.Context(), vsphere.SecondarySpec{PrimaryID: vm}); !apierr.IsAnswerLost(err) {
		t.Fatalf("error %v", err)
	}
	search := vsphere.SecondarySearch{PrimaryID: vm, User: server.Username()}
	waitFor(t, func() bool {
		found, err := client.FindSecondary(t.Context(), search)

		return err == nil && len(found.TaskIDs) == 1 && found.SecondaryID == ""
	})
	found, err := client.FindSecondary(t.Context(), search)
	if err != nil || len(found.TaskIDs) != 1 {
		t.Fatalf("%+v, %v", found, err)
	}
	server.ReleaseTasks()
	result := finish(t, client.SecondaryTask(found.TaskIDs[0]), nil)
	taskID := found.TaskIDs[0]
	found, err = client.FindSecondary(t.Context(), search)
	if err != nil || found.SecondaryID != "" || found.Candidate == nil || found.Candidate.ID != result.SecondaryID {
		t.Errorf("afterwards, which may be another's of the same account: %+v, %v, want the candidate %s", found, err, result.SecondaryID)
	}
	search.TaskID = taskID
	if found, err = client.FindSecondary(t.Context(), search); err != nil || found.SecondaryID != result.SecondaryID {
		t.Errorf("afterwards, by its task: %+v, %v, want %s", found, err, result.SecondaryID)
	}
	if found, err = client.FindSecondary(t.Context(), vsphere.SecondarySearch{PrimaryID: vm, User: "backup@corp.example"}); err != nil ||
		found.SecondaryID != "" || found.Candidate != nil {
		t.Errorf("another user's: %+v, %v", found, err)
	}
	origin, err := client.SecondaryOrigin(t.Context(), vm, result.SecondaryID)
	if err != nil || origin.User == "" || origin.CreatedAt.IsZero() {
		t.Errorf("made by %+v, %v", origin, err)
	}
}
