package zstackobject_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// named are objects of the simulator's inventory, one of each type.
var named = map[string]string{
	"zone": "zone-1", "cluster": "cluster-2", "host": "host-1", "image": "image-1", "l3_network": "net-1",
	"primary_storage": "storage-1", "affinity_group": "spread",
}

// TestAccZStackObject_everyType finds an object of each type by name with one configuration.
func TestAccZStackObject_everyType(t *testing.T) {
	t.Parallel()

	server := acctest.ZStack(t)
	config := acctest.ZStackProviderConfig(server)
	zone := server.ID("zone", "zone-1")
	var checks []statecheck.StateCheck
	for kind, name := range named {
		address := "data.vmfork_zstack_object." + kind
		uuid := server.ID(kind, name)
		if uuid == "" {
			t.Fatalf("the simulator has no %s %q", kind, name)
		}
		config += dataSource(kind, kind, name)
		checks = append(checks,
			statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(uuid)),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("uuid"), knownvalue.StringExact(uuid)),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("name"), knownvalue.StringExact(name)),
		)
		if kind == "cluster" || kind == "host" {
			checks = append(checks, statecheck.ExpectKnownValue(address, tfjsonpath.New("zone_uuid"), knownvalue.StringExact(zone)),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("state"), knownvalue.StringExact("Enabled")))
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps:                    []resource.TestStep{{Config: config, ConfigStateChecks: checks}},
	})
}

func TestAccZStackObject_refused(t *testing.T) {
	t.Parallel()

	server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	one := server.ID("cluster", "cluster-1")
	var steps []resource.TestStep
	for _, test := range []struct{ kind, name, want string }{
		{"primary_storage", "nothing", `No such primary storage`},
		{"zone", "cluster-1", `No such zone`}, // of another type
		{"vm", "golden", `Invalid value`},
		{"host", "", `Invalid name`},
		{"cluster", "cluster-2", `Several clusters match`},
	} {
		steps = append(steps, resource.TestStep{
			Config:      acctest.ZStackProviderConfig(server) + dataSource("place", test.kind, test.name),
			ExpectError: regexp.MustCompile(test.want),
		})
	}
	steps[len(steps)-1].PreConfig = func() {
		if err := server.ChangeObject(one, new("cluster-2"), nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(t), Steps: steps})
}

func dataSource(label, kind, name string) string {
	return fmt.Sprintf("data \"vmfork_zstack_object\" %q {\n  type = %q\n  name = %q\n}\n", label, kind, name)
}
