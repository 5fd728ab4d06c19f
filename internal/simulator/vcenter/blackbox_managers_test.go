package vcenter_test

import (
	"testing"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// What the fuzz found of managers.

// TestBlackBoxUnknownLicense assigns licenses that there are not, and one to an entity that has none.
func TestBlackBoxUnknownLicense(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server).Client
	var manager mo.LicenseManager
	if err := property.DefaultCollector(client).RetrieveOne(t.Context(), *client.ServiceContent.LicenseManager, []string{"licenses", "licenseAssignmentManager"}, &manager); err != nil {
		t.Fatal(err)
	}
	host, known := mustID(t, server, "/DC0/host/DC0_C0/DC0_C0_H0"), manager.Licenses[0].LicenseKey
	for _, test := range []struct{ entity, key, want string }{
		{host, known, ""}, {host, "none", "InvalidArgument"}, {"none", known, "LicenseEntityNotFound"},
	} {
		_, err := methods.UpdateAssignedLicense(t.Context(), client, &types.UpdateAssignedLicense{
			This: *manager.LicenseAssignmentManager, Entity: test.entity, LicenseKey: test.key,
		})
		if test.want != "" {
			wantFault(t, err, test.want)
		} else if err != nil {
			t.Error(err)
		}
	}
}

// TestBlackBoxStatisticsOfNoTime asks for statistics of intervals and times that there are not.
func TestBlackBoxStatisticsOfNoTime(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server).Client
	vm, now := reference("VirtualMachine", mustVM(t, server, "DC0_C0_RP0_VM0").ID), time.Now()
	for name, test := range map[string]struct {
		spec types.PerfQuerySpec
		want string
	}{
		"an hour":           {types.PerfQuerySpec{StartTime: new(now.Add(-time.Hour)), EndTime: &now, IntervalId: 20}, ""},
		"ever":              {types.PerfQuerySpec{StartTime: new(time.Unix(0, 0)), EndTime: new(now.AddDate(1000, 0, 0)), IntervalId: 20}, ""},
		"the year 1":        {types.PerfQuerySpec{StartTime: new(time.Unix(0, 0)), EndTime: new(time.Time{})}, "InvalidArgument"},
		"a negative length": {types.PerfQuerySpec{IntervalId: -1 << 31}, "InvalidArgument"},
	} {
		test.spec.Entity = vm
		_, err := methods.QueryPerf(t.Context(), client, &types.QueryPerf{This: *client.ServiceContent.PerfManager, QuerySpec: []types.PerfQuerySpec{test.spec}})
		switch {
		case test.want != "":
			wantFault(t, err, test.want)
		case err != nil:
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBlackBoxPartsOfGoneHost destroys a host: its managers go with it.
func TestBlackBoxPartsOfGoneHost(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server).Client
	var host mo.HostSystem
	ref := reference("HostSystem", mustID(t, server, "/DC0/host/DC0_C1/DC0_C1_H0"))
	if err := property.DefaultCollector(client).RetrieveOne(t.Context(), ref, []string{"configManager.storageSystem", "datastoreBrowser"}, &host); err != nil {
		t.Fatal(err)
	}
	started, err := object.NewHostSystem(client, ref).Destroy(t.Context())
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := methods.RescanAllHba(t.Context(), client, &types.RescanAllHba{This: *host.ConfigManager.StorageSystem})
		wantFault(t, err, "ManagedObjectNotFound")
	}
	_, err = object.NewHostDatastoreBrowser(client, host.DatastoreBrowser).SearchDatastore(t.Context(), "[LocalDS_0]", &types.HostDatastoreBrowserSearchSpec{})
	wantFault(t, err, "ManagedObjectNotFound")
}
