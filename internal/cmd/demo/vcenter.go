package main

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
)

// cloneMethod is how the control endpoint calls the operation that clones a template.
const cloneMethod = "CloneVM_Task"

// vcenter is the embedded vCenter, with its control endpoint.
type vcenter struct{ control }

// environment is what the provider reads instead of arguments.
func (v *vcenter) environment() []string {
	return []string{
		"VSPHERE_SERVER=" + v.access.Endpoint, "VSPHERE_USER=" + v.access.Username, "VSPHERE_PASSWORD=" + v.access.Password,
	}
}

// machine is a virtual machine in the simulator's inventory.
type machine struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Path           string `json:"path"`
	ResourcePoolID string `json:"resource_pool_id"`
	PowerState     string `json:"power_state"`
	Template       bool   `json:"template"`
}

// detailed is a machine with what is inside.
type detailed struct {
	machine

	HostID         string            `json:"host_id"`
	CPUs           int               `json:"cpus"`
	MemoryMiB      int64             `json:"memory_mib"`
	NetworkIDs     []string          `json:"network_ids"`
	Disks          map[string]disk   `json:"disks"` // by device key
	ExtraConfig    map[string]string `json:"extra_config"`
	FaultTolerance *protection       `json:"fault_tolerance"`
}

// disk is a disk of a machine. It only holds the changes of its parent, where it has one.
type disk struct {
	File          string `json:"file"`
	ParentFile    string `json:"parent_file"`
	CapacityBytes int64  `json:"capacity_bytes"`
}

// protection is the part that a machine plays in a fault-tolerant pair.
type protection struct {
	Role  string `json:"role"`
	State string `json:"state"`
}

// work is a task of the simulator.
type work struct {
	ID        string `json:"id"`
	Method    string `json:"method"`
	State     string `json:"state"`
	Percent   int    `json:"percent"`
	Held      bool   `json:"held"`
	Cancelled bool   `json:"cancelled"`
}

// machines returns the inventory, by name.
func (v *vcenter) machines(ctx context.Context) ([]machine, error) {
	var all []machine
	err := v.call(ctx, http.MethodGet, "vms", nil, &all)
	slices.SortFunc(all, func(a, b machine) int { return cmp.Compare(a.Name, b.Name) })

	return all, err
}

// details returns the machines whose names begin so, with what is inside.
func (v *vcenter) details(ctx context.Context, prefix string) ([]detailed, error) {
	var all []detailed
	err := v.call(ctx, http.MethodGet, "vms", nil, &all)

	return slices.DeleteFunc(all, func(m detailed) bool { return !strings.HasPrefix(m.Name, prefix) }), err
}

// change changes a machine outside Terraform.
func (v *vcenter) change(ctx context.Context, id string, to map[string]any) error {
	return v.call(ctx, http.MethodPost, "vms/"+id, to, nil)
}

// clonings returns the clone tasks since the simulator started, oldest first.
func (v *vcenter) clonings(ctx context.Context) ([]work, error) {
	var all []work
	err := v.call(ctx, http.MethodGet, "tasks", nil, &all)

	return slices.DeleteFunc(all, func(w work) bool { return w.Method != cloneMethod }), err
}

// holdClones makes clones that start from now on stop in the middle, until releaseTasks.
func (v *vcenter) holdClones(ctx context.Context) error {
	return v.call(ctx, http.MethodPost, "tasks/hold", map[string]string{"method": cloneMethod}, nil)
}

func (v *vcenter) releaseTasks(ctx context.Context) error {
	return v.call(ctx, http.MethodPost, "tasks/release", nil, nil)
}

// ignoreCancel makes the vCenter ignore requests to cancel a task, or heed them again.
func (v *vcenter) ignoreCancel(ctx context.Context, ignore bool) error {
	return v.call(ctx, http.MethodPost, "tasks/ignore-cancel", map[string]bool{"ignore": ignore}, nil)
}
