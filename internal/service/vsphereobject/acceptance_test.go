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

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// TestAccVSphereObject_everyType finds an object of each type by path and by name with one configuration.
func TestAccVSphereObject_everyType(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	config := acctest.ProviderConfig(server)
	var checks []statecheck.StateCheck
	for kind, object := range map[string]struct{ path, name string }{
		"datacenter":    {"/DC0", "DC0"},
		"folder":        {"/DC0/vm", "vm"},
		"resource_pool": {"/DC0/host/DC0_C0/Resources", "DC0_C0/Resources"}, // every cluster has one of the bare name
		"host":          {"/DC0/host/DC0_C0/DC0_C0_H0", "DC0_C0_H0"},
		"cluster":       {"/DC0/host/DC0_C0", "DC0_C0"},
		"datastore":     {"/DC0/datastore/LocalDS_0", "LocalDS_0"},
		"network":       {"/DC0/network/DC0_DVPG0", "DC0_DVPG0"},
	} {
		for form, wanted := range map[string]string{"path": object.path, "name": object.name} {
			label := kind + "_by_" + form
			address := "data.vmfork_vsphere_object." + label
			config += dataSource(label, kind, wanted)
			checks = append(checks,
				statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(server.ID(object.path))),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("name"), knownvalue.StringExact(path.Base(object.path))),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("path"), knownvalue.StringExact(wanted)),
			)
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps:                    []resource.TestStep{{Config: config, ConfigStateChecks: checks}},
	})
}

func TestAccVSphereObject_refused(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	var steps []resource.TestStep
	for _, test := range []struct{ kind, path, want string }{
		{"datastore", "/DC0/datastore/nothing", `No such datastore`},
		{"cluster", "/DC0/host/prod/DC0_C1", `(?s)No such cluster.*/DC0/host/DC0_C1`},
		{"folder", "/DC0/datastore/LocalDS_0", `No such folder`}, // of another type
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
