package bench

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// takeSteps takes all steps of a case, and returns what each cost and what it left on the platform. The last one has to leave
// what was there in the beginning.
func takeSteps(t *testing.T, programs Programs, subject Subject, c Case) (samples []Sample, left map[Step][]string) {
	t.Helper()
	chosen := scenarios[c.Scenario]
	on, err := chosen.start(c, chosen.vms(c.N))
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	before := inventory(t, on)
	by, err := chosen.taker(t.Context(), t.TempDir(), programs, subject, on, c)
	if err != nil {
		t.Fatal(err)
	}
	left = map[Step][]string{}
	for _, step := range Steps() {
		sample, err := sampled(t.Context(), on, step, by)
		if err != nil {
			t.Fatalf("%s of %s, %s: %s", step, c, subject, err)
		}
		samples = append(samples, sample)
		left[step] = inventory(t, on)
	}
	if !slices.Equal(before, left[Destroy]) {
		t.Errorf("%s of %s leaves %v, there were %v", subject, c, left[Destroy], before)
	}
	if slices.Equal(before, left[Apply]) || slices.Equal(left[NoOp], left[Update]) {
		t.Errorf("%s of %s changes nothing", subject, c)
	}

	return samples, left
}

// inventory is what a platform has, in words without ids.
func inventory(t *testing.T, on *platform) []string {
	t.Helper()
	var all []string
	switch server := on.server.(type) {
	case *vcenter.Server:
		for _, vm := range server.VMs() {
			line := fmt.Sprintf("%s in %s on %s: %s, %d CPUs, %d MiB, %q, %d disks, %s", vm.Path, vm.ResourcePoolID, vm.ClusterID,
				vm.PowerState, vm.CPUs, vm.MemoryMiB, vm.Annotation, len(vm.Disks), vm.ExtraConfig["guestinfo.name"])
			for _, key := range slices.Sorted(maps.Keys(vm.Disks)) {
				line += fmt.Sprintf(", disk %s of %d bytes", key, vm.Disks[key].CapacityBytes)
			}
			if vm.FaultTolerance != nil {
				// A pair starts by itself some time after its task has ended.
				line += fmt.Sprintf(", %s %s", vm.FaultTolerance.Role, strings.Replace(vm.FaultTolerance.State, "starting", "running", 1))
			}
			for _, snapshot := range vm.Snapshots {
				line += fmt.Sprintf(", snapshot %s (%s)", snapshot.Name, snapshot.Description)
			}
			all = append(all, line)
		}
	case *zstacksim.Server:
		names := map[string]string{}
		for _, vm := range server.VMs() {
			names[vm.UUID] = vm.Name
			if vm.State != "Destroyed" {
				all = append(all, fmt.Sprintf("%s (%s): %s, %d tags", vm.Name, vm.Description, vm.State, len(vm.SystemTags)))
			}
		}
		for _, group := range server.SnapshotGroups() {
			all = append(all, fmt.Sprintf("%s (%s) of %s: %d", group.Name, group.Description, names[group.VMUUID], len(group.Snapshots)))
		}
	default:
		t.Fatalf("an unknown platform: %T", on.server)
	}
	slices.Sort(all)

	return all
}

// differences are the lines that only one of two inventories has.
func differences(got, want []string) string {
	var all strings.Builder
	for _, line := range got {
		if !slices.Contains(want, line) {
			fmt.Fprintf(&all, "+ %s\n", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			fmt.Fprintf(&all, "- %s\n", line)
		}
	}

	return all.String()
}
