package vcenter

import (
	"fmt"
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// BenchmarkStart measures the start of a server.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		server, err := Start(Options{})
		if err != nil {
			b.Fatal(err)
		}
		server.Close()
	}
}

// BenchmarkClone measures how long one clone locks the inventory, which bounds how many there can be in a second.
func BenchmarkClone(b *testing.B) {
	server, err := Start(Options{VMs: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	vm, _ := server.VM("DC0_C0_RP0_VM0")
	server.inventory.mu.Lock()
	defer server.inventory.mu.Unlock()
	for i := 0; b.Loop(); i++ {
		request := cloneRequest{
			source: vmRef(vm.ID), name: fmt.Sprintf("clone-%d", i), powerOn: true, user: administrator,
			update: map[int32]types.ManagedObjectReference{},
		}
		if _, p := server.clones.cloneEffect(request)(server.inventory.newContext(administrator)); p != nil {
			b.Fatal(p.messages)
		}
	}
}
