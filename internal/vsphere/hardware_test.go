package vsphere_test

import (
	"reflect"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestHardware reads back what a clone brings and what a reconfiguration changes, by both ways to call vCenter.
func TestHardware(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			asked := templateSpec(t, server, client, "web")
			asked.Config = vsphere.ReconfigureSpec{
				CPU: &vsphere.CPUEdit{
					Count: new(int64(4)), CoresPerSocket: new(int64(2)), HotAdd: new(true),
					Allocation: vsphere.AllocationEdit{Reservation: new(int64(500)), Limit: new(int64(2000)), Shares: "high"},
				},
				Memory: &vsphere.MemoryEdit{
					SizeMiB: new(int64(2048)), HotAdd: new(true),
					Allocation: vsphere.AllocationEdit{Reservation: new(int64(512)), Limit: new(int64(4096)), Shares: "3000"},
				},
				Annotation: new("the web's"), ExtraConfig: map[string]string{"guestinfo.name": "web"},
			}
			h, err := client.StartCloneTask(t.Context(), asked)
			if err != nil {
				t.Fatal(err)
			}
			id, err := task.Wait(t.Context(), h)
			if err != nil {
				t.Fatal(err)
			}
			check := func(cpu vsphere.CPU, memory vsphere.Memory, annotation, name string) {
				t.Helper()
				found, err := client.VirtualMachineWith(t.Context(), id, vsphere.Extras{Settings: true})
				if err != nil {
					t.Fatal(err)
				}
				found.Memory.HotAddLimitMiB, found.Memory.HotAddIncrementMiB = 0, 0
				if !reflect.DeepEqual(found.CPU, cpu) || !reflect.DeepEqual(found.Memory, memory) || found.Annotation != annotation ||
					found.ExtraConfig["guestinfo.name"] != name {
					t.Errorf("found %+v, %+v, %q, %q", found.CPU, found.Memory, found.Annotation, found.ExtraConfig["guestinfo.name"])
				}
			}
			cpu := vsphere.CPU{
				Count: 4, CoresPerSocket: 2, HotAdd: true, Allocation: vsphere.Allocation{Reservation: 500, Limit: 2000, Shares: "high"},
			}
			memory := vsphere.Memory{
				SizeMiB: 2048, HotAdd: true, Allocation: vsphere.Allocation{Reservation: 512, Limit: 4096, Shares: "3000"},
			}
			check(cpu, memory, "the web's", "web")

			changing, err := client.Reconfigure(t.Context(), id, vsphere.ReconfigureSpec{
				CPU:        &vsphere.CPUEdit{Count: new(int64(2)), Allocation: vsphere.AllocationEdit{Limit: new(int64(vsphere.NoLimit))}},
				Memory:     &vsphere.MemoryEdit{HotAdd: new(false), Allocation: vsphere.AllocationEdit{Shares: "low"}},
				Annotation: new("another"), ExtraConfig: map[string]string{"guestinfo.name": ""},
			})
			finish(t, changing, err)
			cpu.Count, cpu.Allocation.Limit = 2, vsphere.NoLimit
			memory.HotAdd, memory.Allocation.Shares = false, "low"
			check(cpu, memory, "another", "")
		})
	}
}
