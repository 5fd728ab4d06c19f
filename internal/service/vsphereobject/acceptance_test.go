package vsphereobject_test

import (
	"fmt"
	"path"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// TestAccVSphereObject_everyType finds an object of each type by path and by name with one configuration.
func TestAccVSphereObject_everyType(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	furnish(t, server)
	config := acctest.ProviderConfig(server)
	config += dataSource("keys", "key_provider", "kms")
	labels := acctest.NewLabels(t, server)
	red := labels.Tag(labels.Category("team", false), "red")
	var checks []statecheck.StateCheck
	for kind, one := range map[string]struct{ path, name string }{
		"datacenter":    {"/DC0", "DC0"},
		"folder":        {"/DC0/vm", "vm"},
		"resource_pool": {"/DC0/host/DC0_C0/Resources", "DC0_C0/Resources"}, // every cluster has one of the bare name
		"host":          {"/DC0/host/DC0_C0/DC0_C0_H0", "DC0_C0_H0"},
		"cluster":       {"/DC0/host/DC0_C0", "DC0_C0"},
		"datastore":     {"/DC0/datastore/LocalDS_0", "LocalDS_0"},
		"network":       {"/DC0/network/DC0_DVPG0", "DC0_DVPG0"},

		"distributed_switch": {"/DC0/network/DVS0", "DVS0"},
		"datastore_cluster":  {"/DC0/datastore/pod", "pod"},
	} {
		for form, wanted := range map[string]string{"path": one.path, "name": one.name} {
			label := kind + "_by_" + form
			address := "data.vmfork_vsphere_object." + label
			config += dataSource(label, kind, wanted)
			checks = append(checks,
				statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(server.ID(one.path))),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("name"), knownvalue.StringExact(path.Base(one.path))),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("path"), knownvalue.StringExact(wanted)),
			)
		}
	}
	config += dataSource("policy", "storage_policy", "VM Encryption Policy")
	checks = append(checks, statecheck.ExpectKnownValue("data.vmfork_vsphere_object.policy", tfjsonpath.New("id"),
		knownvalue.StringExact("4d5f673c-536f-11e6-beb8-9e71128cae77")))
	for label, wanted := range map[string]string{"tag_by_path": "/team/red", "tag_by_end": "team/red", "tag_by_name": "red"} {
		config += dataSource(label, "tag", wanted)
		checks = append(checks, statecheck.ExpectKnownValue("data.vmfork_vsphere_object."+label, tfjsonpath.New("id"), knownvalue.StringExact(red)))
	}
	checks = append(checks, statecheck.ExpectKnownValue("data.vmfork_vsphere_object.keys", tfjsonpath.New("id"), knownvalue.StringExact("kms")))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps:                    []resource.TestStep{{Config: config, ConfigStateChecks: checks}},
	})
}

// furnish makes a datastore cluster and a key provider.
func furnish(t *testing.T, server *vcenter.Server) {
	t.Helper()
	client := acctest.LogIn(t, server)
	folder := object.NewFolder(client.Client, types.ManagedObjectReference{Type: "Folder", Value: server.ID("/DC0/datastore")})
	if _, err := folder.CreateStoragePod(t.Context(), "pod"); err != nil {
		t.Fatal(err)
	}
	_, err := methods.RegisterKmipServer(t.Context(), client, &types.RegisterKmipServer{
		This:   *client.ServiceContent.CryptoManager,
		Server: types.KmipServerSpec{ClusterId: types.KeyProviderId{Id: "kms"}, Info: types.KmipServerInfo{Name: "first", Address: "192.0.2.1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAccVSphereObject_refused(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	var steps []resource.TestStep
	for _, test := range []struct{ kind, path, want string }{
		{"datastore", "/DC0/datastore/nothing", `No such datastore`},
		{"cluster", "/DC0/host/prod/DC0_C1", `(?s)No such cluster.*/DC0/host/DC0_C1`},
		{"folder", "/DC0/datastore/LocalDS_0", `No such folder`}, // of another type
		{"key_provider", "none", `No such key provider`},
		{"storage_policy", "none", `No such storage policy`},
		{"tag", "team/none", `No such tag`},
		{"distributed_switch", "/DC0/network/DC0_DVPG0", `No such distributed switch`},
		{"resource_pool", "Resources", `(?s)Several resource pools match.*DC0_C0/Resources.*DC0_C1/Resources`},
		{"vm", "/DC0/vm/golden-template", `Invalid value`},
		{"folder", "", `Empty text`},
	} {
		steps = append(steps, resource.TestStep{
			Config:      acctest.ProviderConfig(server) + dataSource("place", test.kind, test.path),
			ExpectError: regexp.MustCompile(test.want),
		})
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(t), Steps: steps})
}

func dataSource(label, kind, wanted string) string {
	return fmt.Sprintf("data \"vmfork_vsphere_object\" %q {\n  type = %q\n  path = %q\n}\n", label, kind, wanted)
}
