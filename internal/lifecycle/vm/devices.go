package vm

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// DeviceKey returns the key of the device that an argument names by its key or by its label; "" where there is none. labels
// are the devices' labels by key.
func DeviceKey(name string, labels map[string]string) string {
	if _, ok := labels[name]; ok {
		return name
	}
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		if labels[key] == name {
			return key
		}
	}

	return ""
}

// InterfaceLabels returns the labels of a VM's network interfaces by key.
func InterfaceLabels(found *vsphere.VirtualMachine) map[string]string {
	labels := map[string]string{}
	for key, device := range found.NetworkInterfaces {
		labels[key] = device.Label
	}

	return labels
}

// PortLabels returns the labels of ports by key.
func PortLabels(ports map[string]vsphere.Port) map[string]string {
	labels := map[string]string{}
	for key, port := range ports {
		labels[key] = port.Label
	}

	return labels
}

// Rekeyed returns what is said of devices by their keys instead of their names. A name that no device has is an error.
func Rekeyed[T any](named map[string]T, labels map[string]string, vmID string) (map[string]T, error) {
	if len(named) == 0 {
		return nil, nil
	}
	byKey := make(map[string]T, len(named))
	for name, value := range named {
		key := DeviceKey(name, labels)
		if key == "" {
			return nil, &apierr.Error{
				Kind: apierr.InvalidArgument, Object: vmID, Arguments: []string{name},
				Messages: []string{fmt.Sprintf("%s has no device %q of this kind", vmID, name)},
			}
		}
		byKey[key] = value
	}

	return byKey, nil
}

// ReconfigureSteps return the one task that reconfigures the VM, and none where nothing differs.
func (a *Adapter[M]) ReconfigureSteps(change lifecycle.Change[M], spec vsphere.ReconfigureSpec) []lifecycle.Step[M] {
	if spec.Empty() {
		return nil
	}
	id := change.State.ObjectID()

	return []lifecycle.Step[M]{{Action: "reconfigure", Do: func(ctx context.Context, state M) (M, diag.Diagnostics, error) {
		sent, err := a.reconfiguration(ctx, id, spec)
		if err != nil || sent.Empty() {
			return state, nil, err
		}

		return state, nil, a.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return a.Client.Reconfigure(ctx, id, sent) })
	}}}
}

// reconfiguration returns what is left to change, with devices by their keys: the configuration may name them by their labels. It reads the
// VM unless the change is of settings alone.
func (a *Adapter[M]) reconfiguration(ctx context.Context, id string, spec vsphere.ReconfigureSpec) (vsphere.ReconfigureSpec, error) {
	if (vsphere.ReconfigureSpec{CPU: spec.CPU, Memory: spec.Memory, NetworkInterfaces: spec.NetworkInterfaces, Disks: spec.Disks}).Empty() {
		return spec, nil
	}
	found, err := a.Client.VirtualMachine(ctx, id)
	if err != nil {
		return spec, err
	}
	spec = spec.Without(found)
	spec.NetworkInterfaces, err = Rekeyed(spec.NetworkInterfaces, InterfaceLabels(found), id)

	return spec, err
}
