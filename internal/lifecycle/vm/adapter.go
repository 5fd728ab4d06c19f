package vm

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Model is the model of a resource that creates VMs: a struct that embeds [Attributes].
type Model[M any] interface {
	lifecycle.Model[M]

	// Common returns the attributes that all such resources have.
	Common() Attributes
	// WithCommon returns the model with the attributes.
	WithCommon(attributes Attributes) M
	// Parts returns the parts of the placement attribute.
	Parts() Placement
	// WithParts returns the model with the placement.
	WithParts(parts Placement) M
}

// Reader reads the VM of a model.
type Reader[M any] interface {
	// LoadVM reads what the model needs of the VM with the id.
	LoadVM(ctx context.Context, before M, id string) (*vsphere.VirtualMachine, error)
	// Observed returns the model with everything that the platform tells of the VM.
	Observed(ctx context.Context, before M, found *vsphere.VirtualMachine) M
}

// Adapter is the part of a [lifecycle.Adapter] that all resources share which create VMs. The adapter of such a resource embeds it.
type Adapter[M Model[M]] struct {
	Machines

	Timeouts lifecycle.Timeouts
	Reader   Reader[M]
}

// Platform implements [lifecycle.Adapter].
func (a *Adapter[M]) Platform(ctx context.Context) (string, error) {
	about, err := a.Client.About(ctx)

	return about.InstanceUUID, err
}

// OtherPlatform implements [lifecycle.Adapter].
func (a *Adapter[M]) OtherPlatform(stored, connected string) diag.Diagnostic {
	return OtherVCenter("VM", "VM", "VM", stored, connected)
}

// Slot implements [lifecycle.Adapter].
func (a *Adapter[M]) Slot(ctx context.Context) (release func(), err error) {
	return a.Client.AcquireTaskSlot(ctx)
}

// Queue implements [lifecycle.Adapter]: the client queues where vCenter takes one task at a time.
func (a *Adapter[M]) Queue(M) string { return "" }

// Claims implements [lifecycle.Adapter].
func (a *Adapter[M]) Claims(state M) []string { return []string{state.ObjectID()} }

// Retries implements [lifecycle.Adapter]: the client has its own patience with a busy source.
func (a *Adapter[M]) Retries(M) lifecycle.Retry { return nil }

// ID implements [lifecycle.Adapter]: a task of this kind results in the VM's id.
func (a *Adapter[M]) ID(made string) string { return made }

// Resolved implements [lifecycle.Adapter].
func (a *Adapter[M]) Resolved(state M, made string) M { return state.Bare(made, "") }

// Made implements [lifecycle.Adapter].
func (a *Adapter[M]) Made(ctx context.Context, plan M, made string) (M, error) {
	found, err := a.Reader.LoadVM(ctx, plan, made)
	if err == nil && found.NoConfig {
		err = unread(found)
	}
	if err != nil {
		return plan, err
	}

	return a.Reader.Observed(ctx, plan, found), nil
}

// Read implements [lifecycle.Adapter]. A VM with another id than in the state is found by its instance UUID. Of a VM without a
// configuration nothing is known: its state stays, with a warning.
func (a *Adapter[M]) Read(ctx context.Context, before M, id string) (M, diag.Diagnostics, error) {
	known := knownAs(before)
	known.ID = id
	found, said, err := Follow(ctx, a.Client, known, func(ctx context.Context, id string) (*vsphere.VirtualMachine, error) {
		return a.Reader.LoadVM(ctx, before, id)
	})
	if known.InstanceUUID != "" {
		a.Shared.Tell(goneFact(known.InstanceUUID), apierr.Is(err, apierr.NotFound))
	}
	switch {
	case err != nil:
		return before, said, err
	case found.NoConfig && before.Complete():
		return before, diag.Diagnostics{tfdiag.KeptUnread(known.Object, known.ID, found.ID, found.ConnectionState)}, nil
	case found.NoConfig:
		return before, nil, unread(found)
	default:
		a.tellBases(found)

		return a.Reader.Observed(ctx, before, found), nil, nil
	}
}

func unread(found *vsphere.VirtualMachine) error { return Unread(found.ID, found.ConnectionState) }

// knownAs returns what a state knows of its VM.
func knownAs[M Model[M]](state M) Known {
	attributes := state.Common()

	return Known{
		Object: attributes.InWords(), ID: attributes.ObjectID(), InstanceUUID: attributes.InstanceUUID.ValueString(),
		Name: attributes.Name.ValueString(),
	}
}

// goneFact is the fact of [lifecycle.Shared] that the VM with the instance UUID was found nowhere.
func goneFact(uuid string) string { return "gone " + uuid }

// Gone reports whether a refresh of the resource that has the VM with the instance UUID found that it is gone.
func Gone(shared *lifecycle.Shared, uuid string) bool {
	gone, _ := shared.Told(goneFact(uuid))

	return gone
}

// Identify implements [lifecycle.Identifier]: the VM's identity is its instance UUID.
func (a *Adapter[M]) Identify(ctx context.Context, state M) (M, bool, diag.Diagnostics) {
	found, err := Confirm(ctx, a.Client, knownAs(state), a.Client.VirtualMachine)
	if apierr.Is(err, apierr.NotFound) {
		return state, true, nil
	}
	if err != nil {
		return state, false, Unconfirmed(state.Operation("read", lifecycle.ReadTimeout), err)
	}
	a.tellBases(found)
	now := state.Common()
	now.ID, now.PowerState, now.seen = types.StringValue(found.ID), types.StringValue(string(found.PowerState)), found

	return state.WithCommon(now), false, nil
}

// Present returns the VM of a state under whatever id it has now: as [Adapter.Identify] has read it, or it reads it. Its errors are those of
// [Confirm]: one of kind NotFound proves that the VM is gone.
func (a *Adapter[M]) Present(ctx context.Context, state M) (*vsphere.VirtualMachine, error) {
	if seen := state.Common().seen; seen != nil {
		return seen, nil
	}

	return Confirm(ctx, a.Client, knownAs(state), a.Client.VirtualMachine)
}

// Unconfirmed describes the error of [Confirm].
func Unconfirmed(op tfdiag.Operation, err error) diag.Diagnostics {
	if said, ok := IdentityDiagnostic(err); ok {
		return diag.Diagnostics{said}
	}
	op.Attributes = nil

	return diag.Diagnostics{tfdiag.FromError(op, err)}
}

// AfterCreate implements [lifecycle.Adapter]: the power that the task did not bring about, and the wait for an address.
func (a *Adapter[M]) AfterCreate(plan M, id string, state M) []lifecycle.Step[M] {
	wanted, present := plan.Common(), state.Common()
	var steps []lifecycle.Step[M]
	switch on := present.PowerOn.ValueBool(); {
	case wanted.PowerOn.ValueBool() && !on:
		steps = append(steps, a.powerStep("power it on", id, true, 0))
	case wanted.PowerOn.Equal(types.BoolValue(false)) && on:
		steps = append(steps, a.powerStep("power it off", id, false, wanted.ShutdownTimeout.Or(a.Timeouts.Shutdown)))
	}
	if patience := wanted.WaitForGuestIP.Or(0); patience > 0 {
		step := a.addressStep("get an IP address from its guest", id, patience)
		step.Idle = func(state M) bool { return len(state.Common().GuestIPAddresses.Elements()) > 0 }
		steps = append(steps, step)
	}

	return steps
}

// Remove implements [lifecycle.Adapter]: it powers the VM off and destroys it, unless disks of other VMs stand on its files.
func (a *Adapter[M]) Remove(ctx context.Context, state M) (*M, diag.Diagnostics) {
	if hanging := a.AwaitFree(ctx, state); hanging.HasError() {
		return nil, hanging
	}
	known := state.Common()
	patience := known.ShutdownTimeout.Or(a.Timeouts.Shutdown)
	err := a.destroy(ctx, knownAs(state), vsphere.PowerState(known.PowerState.ValueString()), patience)
	if err == nil {
		return nil, nil
	}

	return nil, Unconfirmed(state.Operation("destroy", lifecycle.DeleteTimeout), err)
}
