package vcenter_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestBlackBoxStress changes a few VMs from several clients at once, while others read and wait. Every call must be
// answered, and in the end names are unique and every VM is where its properties say.
func TestBlackBoxStress(t *testing.T) {
	t.Parallel()
	options := quick()
	options.TaskDuration /= 10
	server := startServer(t, options)
	folder := newFolder(t, server, "stress")
	rest := loginREST(t, server)
	var clients sync.WaitGroup
	for worker := range 6 {
		client := loginSOAP(t, server)
		random := rand.New(rand.NewPCG(1, uint64(worker)))
		clients.Go(func() {
			for range 30 {
				if err := disturb(t.Context(), server, rest, client, folder, random); err != nil {
					t.Errorf("worker %d: %v", worker, err)

					return
				}
			}
		})
	}
	clients.Wait()

	seen := map[string]bool{}
	for _, vm := range server.VMs() {
		if seen[vm.Path] {
			t.Errorf("two VMs at %s", vm.Path)
		}
		seen[vm.Path] = true
		if got := server.ID(vm.Path); got != vm.ID {
			t.Errorf("at %s is %q, want %s", vm.Path, got, vm.ID)
		}
	}
	for _, task := range server.Tasks() {
		if task.State == "running" {
			t.Errorf("task %s of %s has not ended", task.ID, task.Method)
		}
	}
}

// disturb makes one call at random. A refusal is no error, a call without an answer is.
func disturb(
	ctx context.Context, server *vcenter.Server, rest *restClient, client *govmomi.Client, folder string, random *rand.Rand,
) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	vms := server.VMs()
	vm := vms[random.IntN(len(vms))]
	subject := object.NewVirtualMachine(client.Client, reference("VirtualMachine", vm.ID))
	name := fmt.Sprintf("stress-%d", random.IntN(8))
	run := func(started *object.Task, err error) error {
		if err == nil {
			err = started.Wait(ctx)
		}
		if err != nil && (ctx.Err() != nil || faultName(err) == err.Error() || faultName(err) == "SystemError") {
			return fmt.Errorf("on %s: %w", vm.Name, err)
		}

		return nil
	}
	switch random.IntN(10) {
	case 0, 1, 2:
		got := rest.do(ctx, http.MethodPost, clonePath, spec{"source": vm.ID, "name": name, "placement": spec{"folder": folder}})
		if got.Err != nil || got.Status == http.StatusInternalServerError {
			return fmt.Errorf("clone %s: %s", vm.Name, got)
		}
	case 3:
		return run(subject.PowerOn(ctx))
	case 4:
		return run(subject.PowerOff(ctx))
	case 5:
		return run(subject.Rename(ctx, name))
	case 6:
		return run(subject.Destroy(ctx))
	case 7:
		return run(subject.CreateSnapshot(ctx, name, "", false, false))
	case 8:
		return run(object.NewFolder(client.Client, reference("Folder", folder)).
			MoveInto(ctx, []types.ManagedObjectReference{subject.Reference()}))
	default:
		var read []mo.VirtualMachine
		err := property.DefaultCollector(client.Client).Retrieve(ctx, []types.ManagedObjectReference{subject.Reference()}, nil, &read)
		if err != nil && faultName(err) != "ManagedObjectNotFound" {
			return fmt.Errorf("read %s: %w", vm.Name, err)
		}
	}

	return nil
}
