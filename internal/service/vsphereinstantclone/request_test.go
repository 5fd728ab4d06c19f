package vsphereinstantclone

import (
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestRequest(t *testing.T) {
	t.Parallel()
	fake := running()
	c := newCLI(t, fake)
	all := basic(config{
		"placement":               config{"folder_id": "group-v2", "resource_pool_id": "resgroup-1", "datastore_id": "datastore-2"},
		"network_interfaces":      config{"Network adapter 1": config{"network_id": "network-2", "mac_address": "00:50:56:00:00:0A", "connected": false, "start_connected": true}},
		"serial_ports":            config{"Serial port 1": "[datastore1] web/serial.log"},
		"extra_config":            config{"guestinfo.name": "web"},
		"extra_config_wo":         config{"guestinfo.token": "secret"},
		"extra_config_wo_version": 1,
		"bios_uuid":               "5021c4a8-1c84-4f5c-9d6d-8c9a9a8bdbd1",
	})
	c.Apply(t.Context(), all).Clean(t)
	disconnected, atStart := false, true
	want := vsphere.InstantCloneSpec{
		SourceID: fakevsphere.GoldenID, Name: "web", FolderID: "group-v2", ResourcePoolID: "resgroup-1", DatastoreID: "datastore-2",
		NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{
			"4000": {NetworkID: "network-2", MACAddress: "00:50:56:00:00:0A", Connected: &disconnected, StartConnected: &atStart},
		},
		SerialPorts: map[string]string{"9000": "[datastore1] web/serial.log"},
		ExtraConfig: map[string]string{"guestinfo.name": "web", "guestinfo.token": "secret"},
		BIOSUUID:    "5021c4a8-1c84-4f5c-9d6d-8c9a9a8bdbd1",
	}
	got := fake.InstantSpecs[0]
	if got.Source == nil || got.Source.ID != fakevsphere.GoldenID {
		t.Errorf("the source that was read goes along: %+v", got.Source)
	}
	if stamp := got.Stamp; stamp == nil || stamp.RequestUUID == "" || stamp.SourceID != fakevsphere.GoldenID || stamp.Name != "web" || stamp.At.IsZero() {
		t.Errorf("the stamp: %+v", stamp)
	}
	if got.Source, got.Stamp = nil, nil; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	c.Is("true", "source_frozen")
	c.Is("<null>", "extra_config_wo")
	c.Settled(all)
}

// Without a folder the fork goes to its source's, which is not what vCenter would choose.
func TestRequestNamesTheSourcesFolder(t *testing.T) {
	t.Parallel()
	fake := running()
	newCLI(t, fake).Apply(t.Context(), basic()).Clean(t)
	if got := fake.InstantSpecs[0].FolderID; got != "group-v1" {
		t.Error(got)
	}
}

// The life of an instant clone is that of every VM that a task makes; this is that it is wired to the right calls.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(f *fakevsphere.VCenter)
		check   func(t *testing.T, r playedcli.Result)
		id      string
		pending string
	}{
		"cancelled": {
			func(f *fakevsphere.VCenter) { f.Goes = fakevsphere.Hangs },
			func(t *testing.T, r playedcli.Result) {
				t.Helper()
				r.FailedTitle(t, `Interrupted: VM "web" was not created`)
			}, "<null>", "<null>",
		},
		"adopted": {
			func(f *fakevsphere.VCenter) { f.Goes = fakevsphere.FinishesOnCancel },
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, "vm-102", "<null>",
		},
		"not told": {
			func(f *fakevsphere.VCenter) { f.Goes = fakevsphere.IgnoresCancel },
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.WarnedTitle(t, "may still come to be") }, "<null>", "task-101",
		},
		"answer lost": {
			func(f *fakevsphere.VCenter) {
				f.Errs["StartInstantClone"] = []error{&apierr.Error{Kind: apierr.Unavailable, AnswerLost: true}}
			},
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, "vm-102", "<null>",
		},
		"refused": {
			func(f *fakevsphere.VCenter) { f.Goes = fakevsphere.Fails },
			func(t *testing.T, r playedcli.Result) {
				t.Helper()
				r.FailedTitle(t, `Could not make the instant clone VM "web" from vm-1`)
			}, "<null>", "<null>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := running()
				test.prepare(fake)
				c := newCLI(t, fake)
				test.check(t, c.Apply(playedcli.Interrupted(t, 10*time.Second), basic()))
				c.Is(test.id, "id")
				c.Is(test.pending, "pending_task_id")
				if test.pending == "<null>" {
					return
				}
				c.Serve(on(fake))
				c.Refresh().WarnedTitle(t, "still being created")
				fake.Tasks[test.pending].Release()
				c.Apply(t.Context(), basic()).Clean(t)
				c.Is("vm-102", "id")
				c.Settled(basic())
			})
		})
	}
}
