package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/pbm"
	pbmtypes "github.com/vmware/govmomi/pbm/types"
)

// TestBlackBoxStoragePolicies reads storage policies with the session of vCenter.
func TestBlackBoxStoragePolicies(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	wantPrinted(t, newGovc(t, server).Run("storage.policy.ls"), "vSAN Default Storage Policy", "VM Encryption Policy")
	for _, test := range []struct {
		name       string
		privileges []string
		view, make string
	}{
		{"reader", nil, "NoPermission", "NoPermission"},
		{"viewer", []string{"StorageProfile.View"}, "", "NoPermission"},
		{"keeper", []string{"StorageProfile.View", "StorageProfile.Update"}, "", ""},
	} {
		server.AddUser(test.name, "secret", test.privileges...)
		vim, err := dialSOAP(t, server, test.name, "secret")
		if err != nil {
			t.Fatal(err)
		}
		client, err := pbm.NewClient(t.Context(), vim.Client)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.ProfileMap(t.Context())
		wantFault(t, err, test.view)
		_, err = client.CreateProfile(t.Context(), pbmtypes.PbmCapabilityProfileCreateSpec{
			Name: "gold", ResourceType: pbmtypes.PbmProfileResourceType{ResourceType: "STORAGE"},
			Constraints: &pbmtypes.PbmCapabilitySubProfileConstraints{},
		})
		wantFault(t, err, test.make)
		if err := vim.Logout(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err = client.ProfileMap(t.Context())
		wantFault(t, err, "NotAuthenticated")
	}
}
