package zstack_test

import (
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// TestIntegration_names finds each of the awkward names, and none of its likenesses.
func TestIntegration_names(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{VMs: -1})
	client := connect(t, accountOf(server))
	names := []string{
		"a,b", "a=b", "=a", "a!=b", "a>=b", "a?=b,c", "a~=b", "a!~=b", "100%", "a%25b", "a+b", "a b", "a&q=name=x", `"a"`, `a\b=`, "東京", "é=", "is null",
		"a_b", "A,B", "a#b", "a/b", "x?y",
	}
	var callers sync.WaitGroup
	for _, name := range names {
		callers.Go(func() {
			handle, err := client.Clone(t.Context(), goldenSpec(server, name))
			if err != nil {
				t.Errorf("%s: %v", name, err)

				return
			}
			if _, err := task.Wait(t.Context(), handle); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	callers.Wait()
	for _, name := range names {
		callers.Go(func() {
			found, err := client.VirtualMachinesNamed(t.Context(), name)
			if err != nil || len(found) != 1 || found[0].Name != name {
				t.Errorf("%q: found %d, %v", name, len(found), err)
			}
		})
	}
	callers.Wait()
}

func TestIntegration_objects(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{})
	client := connect(t, accountOf(server))
	for kind, name := range map[zstack.ObjectType]string{
		zstack.TypeZone: "zone-1", zstack.TypeCluster: "cluster-2", zstack.TypeL3Network: "net-1", zstack.TypeAffinityGroup: "spread",
	} {
		found, err := client.ObjectsNamed(t.Context(), kind, name)
		if err != nil || len(found) != 1 || found[0].Type != kind || found[0].Name != name {
			t.Errorf("%s: %+v, %v", kind, found, err)

			continue
		}
		if again, err := client.Object(t.Context(), kind, found[0].UUID); err != nil || !reflect.DeepEqual(again, found[0]) {
			t.Errorf("%s: %+v, %v", kind, again, err)
		}
		near, err := client.ObjectsNear(t.Context(), kind, strings.ToUpper(strings.ReplaceAll(name, "-", " ")))
		if err != nil || len(near) != 1 || near[0].UUID != found[0].UUID || near[0].Name != name || near[0].Type != kind {
			t.Errorf("%s near the name: %+v, %v", kind, near, err)
		}
		_, err = client.Object(t.Context(), kind, strings.Repeat("0", 32))
		if !apierr.Is(err, apierr.NotFound) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for _, kind := range []zstack.ObjectType{zstack.TypeHost, zstack.TypeImage, zstack.TypePrimaryStorage} {
		if found, err := client.ObjectsNamed(t.Context(), kind, "none"); err != nil || len(found) != 0 {
			t.Errorf("%s: %+v, %v", kind, found, err)
		}
	}
	if _, err := client.Object(t.Context(), "moon", strings.Repeat("0", 32)); !apierr.Is(err, apierr.InvalidArgument) {
		t.Errorf("an unknown type: %v", err)
	}
	if _, err := client.VirtualMachine(t.Context(), "a,b"); !apierr.Is(err, apierr.InvalidArgument) {
		t.Errorf("a malformed uuid: %v", err)
	}
}
