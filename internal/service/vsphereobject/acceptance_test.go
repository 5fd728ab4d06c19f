package vsphereobject_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	vspheresim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/vsphere"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const place = "data.vmfork_vsphere_object.place"

func TestAccVSphereObject_everyType(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	tests := map[string]struct{ path, name string }{
		"datacenter":    {"/DC0", "DC0"},
		"folder":        {"/DC0/vm", "vm"},
		"resource_pool": {"/DC0/host/DC0_C0/Resources", "Resources"},
		"host":          {"/DC0/host/DC0_C0/DC0_C0_H0", "DC0_C0_H0"},
		"cluster":       {"/DC0/host/DC0_C0", "DC0_C0"},
		"datastore":     {"/DC0/datastore/LocalDS_0", "LocalDS_0"},
		"network":       {"/DC0/network/DC0_DVPG0", "DC0_DVPG0"},
	}
	for kind, test := range tests {
		for form, wanted := range map[string]string{"path": test.path, "name": test.name} {
			if kind == "resource_pool" && form == "name" {
				continue // every cluster has one of that name
			}
			t.Run(kind+" by "+form, func(t *testing.T) {
				resource.ParallelTest(t, resource.TestCase{
					ProtoV6ProviderFactories: acctest.Factories(t),
					Steps: []resource.TestStep{{
						Config: config(server, kind, wanted),
						ConfigStateChecks: []statecheck.StateCheck{
							statecheck.ExpectKnownValue(place, tfjsonpath.New("id"), knownvalue.StringExact(server.ID(test.path))),
							statecheck.ExpectKnownValue(place, tfjsonpath.New("name"), knownvalue.StringExact(test.name)),
							statecheck.ExpectKnownValue(place, tfjsonpath.New("path"), knownvalue.StringExact(wanted)),
						},
					}},
				})
			})
		}
	}
}

func TestAccVSphereObject_errors(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	tests := map[string]struct{ kind, path, want string }{
		"none":                {"datastore", "/DC0/datastore/nothing", `No such datastore`},
		"none, but elsewhere": {"cluster", "/DC0/host/prod/DC0_C1", `(?s)No such cluster.*/DC0/host/DC0_C1`},
		"wrong type":          {"folder", "/DC0/datastore/LocalDS_0", `No such folder`},
		"several":             {"resource_pool", "Resources", `(?s)Several resource pools match.*DC0_C0/Resources.*DC0_C1/Resources`},
		"unknown type":        {"vm", "/DC0/vm/golden-template", `Invalid Attribute Value Match`},
		"empty":               {"folder", "", `Empty text`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			resource.ParallelTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(t),
				Steps: []resource.TestStep{{
					Config:      config(server, test.kind, test.path),
					ExpectError: regexp.MustCompile(test.want),
				}},
			})
		})
	}
}

func config(server *vspheresim.Server, kind, path string) string {
	return acctest.ProviderConfig(server) + fmt.Sprintf(`
data "vmfork_vsphere_object" "place" {
  type = %q
  path = %q
}
`, kind, path)
}
