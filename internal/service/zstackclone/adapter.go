package zstackclone

import (
	"context"
	"log/slog"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// client is the part of [zstack.Client] that this package needs.
type client interface {
	VirtualMachine(ctx context.Context, uuid string) (*zstack.VirtualMachine, error)
	VirtualMachinesNamed(ctx context.Context, name string) ([]zstack.VirtualMachine, error)
	VirtualMachinesNear(ctx context.Context, name string) ([]zstack.VirtualMachine, error)
	lifecycle.SightClient
	Object(ctx context.Context, kind zstack.ObjectType, uuid string) (zstack.Object, error)
	Volume(ctx context.Context, uuid string) (*zstack.Volume, error)
	Owner(ctx context.Context, uuid string) (zstack.Account, error)
	HotPlug(ctx context.Context, uuid string) (bool, error)
	AddressFree(ctx context.Context, l3NetworkUUID, address string) (bool, error)
	SystemTags(ctx context.Context, resourceUUID string) ([]zstack.Tag, error)
	UserTags(ctx context.Context, resourceUUID string) ([]zstack.Tag, error)

	Clone(ctx context.Context, spec zstack.CloneSpec) (task.Handle[zstack.VirtualMachine], error)
	CloneJob(uuid, name string) task.Handle[zstack.VirtualMachine]
	UpdateVM(ctx context.Context, uuid string, change zstack.VMUpdate) (task.Handle[zstack.VirtualMachine], error)
	StartVM(ctx context.Context, uuid string) (task.Handle[zstack.VirtualMachine], error)
	ResumeVM(ctx context.Context, uuid string) (task.Handle[zstack.VirtualMachine], error)
	StopVM(ctx context.Context, uuid string, how zstack.StopType) (task.Handle[zstack.VirtualMachine], error)
	DestroyVM(ctx context.Context, uuid string, mode zstack.DeleteMode) (task.Handle[struct{}], error)
	ExpungeVM(ctx context.Context, uuid string) (task.Handle[struct{}], error)
	DeleteVolume(ctx context.Context, uuid string) (task.Handle[struct{}], error)
	ExpungeVolume(ctx context.Context, uuid string) (task.Handle[struct{}], error)
	AttachNIC(ctx context.Context, vmUUID string, nic zstack.NICParam) (task.Handle[zstack.VirtualMachine], error)
	MoveNIC(ctx context.Context, nicUUID, l3NetworkUUID, address string) (task.Handle[struct{}], error)
	SetAddress(ctx context.Context, vmUUID, l3NetworkUUID, address string) (task.Handle[struct{}], error)
	SetMAC(ctx context.Context, nicUUID, mac string) (task.Handle[struct{}], error)
	CreateSystemTag(ctx context.Context, vmUUID, tag string) (task.Handle[zstack.Tag], error)
	CreateUserTag(ctx context.Context, vmUUID, tag string) (task.Handle[zstack.Tag], error)
	DeleteTag(ctx context.Context, tagUUID string) (task.Handle[struct{}], error)
}

// adapter is the clone on ZStack.
type adapter struct {
	client client
	shared *lifecycle.Shared
	logger *slog.Logger
}

var (
	_ client                                                    = (*zstack.Client)(nil)
	_ lifecycle.Adapter[model, zstack.VirtualMachine, wanted]   = (*adapter)(nil)
	_ lifecycle.Completer[model, zstack.VirtualMachine, wanted] = (*adapter)(nil)
	_ lifecycle.Remainder[model]                                = (*adapter)(nil)
	_ lifecycle.Carrier[model]                                  = (*adapter)(nil)
	_ lifecycle.Salvager[model]                                 = (*adapter)(nil)
	_ lifecycle.Viewer[model]                                   = (*adapter)(nil)
	_ lifecycle.Overview[model]                                 = (*adapter)(nil)
	_ lifecycle.Namer[model]                                    = (*adapter)(nil)
)

// Platform implements [lifecycle.Adapter]: UUIDs are unique everywhere.
func (a *adapter) Platform(context.Context) (string, error) { return "", nil }

// OtherPlatform implements [lifecycle.Adapter]; it is never called.
func (a *adapter) OtherPlatform(string, string) diag.Diagnostic { return nil }

// Slot implements [lifecycle.Adapter]: ZStack limits its own jobs.
func (a *adapter) Slot(context.Context) (release func(), err error) { return func() {}, nil }

// Queue implements [lifecycle.Adapter]: ZStack queues the jobs of a VM itself.
func (a *adapter) Queue(model) string { return "" }

// Claims implements [lifecycle.Adapter].
func (a *adapter) Claims(state model) []string { return []string{state.ObjectID()} }

// Retries implements [lifecycle.Adapter]: the client has its own patience with a busy source.
func (a *adapter) Retries(model) lifecycle.Retry { return nil }

// ID implements [lifecycle.Adapter].
func (a *adapter) ID(made zstack.VirtualMachine) string { return made.UUID }

// Prepare implements [lifecycle.Adapter]: it makes sure that the name is free, and notes what a lost VM is found by.
func (a *adapter) Prepare(ctx context.Context, plan model) (lifecycle.Prepared[model, wanted], diag.Diagnostics) {
	prepared := lifecycle.Prepared[model, wanted]{Plan: plan}
	release, ok := a.shared.Reserve(plan.Name.ValueString())
	if !ok {
		return prepared, diag.Diagnostics{tfdiag.Conflict(path.Root("name"), "Two resources make a VM of one name",
			"Another resource of this configuration makes a VM of the same name at this moment. Choose another name for one of them")}
	}
	prepared.Release = release

	staged, err := a.stage(ctx, plan)
	if err != nil {
		prepared.Err = err

		return prepared, nil
	}
	prepared.Plan = staged
	spec := staged.cloneSpec()
	prepared.Evidence = wanted{Name: spec.Name, SourceID: spec.SourceUUID, Strategy: spec.Strategy, Owner: zstack.NewUUID()}
	name := &naming{adapter: a, name: spec.Name}
	prepared.Err = a.shared.Names.Await(ctx, name)
	prepared.Evidence.Before, prepared.Evidence.Began = name.gone, time.Now()
	if view, err := a.sight().Viewed(ctx, ""); err == nil && view.Account != view.Name { // an access key stands for an account that is not told
		prepared.Evidence.Account = view.Account
	}
	if prepared.Err != nil || !spec.Full {
		return prepared, nil
	}
	source, err := a.sourceVM(ctx, spec.SourceUUID)
	if err != nil {
		prepared.Err = err

		return prepared, nil
	}
	prepared.Evidence.Volumes = len(dataVolumes(source))

	return prepared, nil
}

// sourceVM reads the VM to clone; a phase of the CLI asks for each once.
func (a *adapter) sourceVM(ctx context.Context, uuid string) (*zstack.VirtualMachine, error) {
	return lifecycle.Once(ctx, a.shared, "VM "+uuid, func(ctx context.Context) (*zstack.VirtualMachine, error) {
		return a.client.VirtualMachine(ctx, uuid)
	})
}

// Start implements [lifecycle.Adapter] by CloneVmInstance. The client puts clones that are asked for together into one call.
func (a *adapter) Start(ctx context.Context, change lifecycle.Change[model], _ *wanted) (task.Handle[zstack.VirtualMachine], error) {
	return a.client.Clone(ctx, change.Plan.cloneSpec())
}

// Resolved implements [lifecycle.Adapter].
func (a *adapter) Resolved(state model, made zstack.VirtualMachine) model {
	return state.observed(&made)
}

// Made implements [lifecycle.Adapter]: a job results in all that a read would tell.
func (a *adapter) Made(_ context.Context, plan model, made zstack.VirtualMachine) (model, error) {
	return plan.observed(&made), nil
}

// AfterCreate implements [lifecycle.Adapter]: what a clone call can't do, a power state that the strategy does not end in, and what the
// job's result leaves out.
func (a *adapter) AfterCreate(plan model, made zstack.VirtualMachine, state model) []lifecycle.Step[model] {
	var steps []lifecycle.Step[model]
	current := &made // the VM as the steps leave it
	add := func(action string, idle func(model) bool, do func(ctx context.Context) (*zstack.VirtualMachine, error)) {
		steps = append(steps, lifecycle.Step[model]{Action: action, Idle: idle, Do: func(ctx context.Context, _ model) (model, diag.Diagnostics, error) {
			after, err := do(ctx)
			if err == nil {
				current = keepParts(after, current)
			}

			return plan.observed(current), nil, err
		}})
	}
	change, differs := resized(plan, state)
	action := "give it its CPUs and memory"
	if lifecycle.Changed(state.Description, plan.Description) {
		change.Description, action = new(plan.Description.ValueString()), "give it its description"
		if differs {
			action = "give it its description, CPUs and memory"
		}
	}
	if differs || change.Description != nil {
		add(action, nil, func(ctx context.Context) (*zstack.VirtualMachine, error) {
			return a.update(ctx, current.UUID, change)
		})
	}
	if on := plan.PowerOn.ValueBool(); !plan.PowerOn.IsNull() && !plan.PowerOn.IsUnknown() {
		add(powerWords(on), func(model) bool { return isIn(current.State, on) }, func(ctx context.Context) (*zstack.VirtualMachine, error) {
			return a.power(ctx, current, on, plan.ShutdownTimeout.Or(kind.Timeouts.Shutdown))
		})
	}
	readLater := func(model) bool { return true } // the next refresh reads it
	add("read it", readLater, func(ctx context.Context) (*zstack.VirtualMachine, error) {
		if len(current.NICs) > 0 {
			return current, nil
		}
		late, stop := lifecycle.Late(ctx)
		defer stop()

		return a.client.VirtualMachine(late, current.UUID)
	})

	return steps
}

// powerWords is a change of power in words, as they follow "could not".
func powerWords(on bool) string {
	if on {
		return "power it on"
	}

	return "power it off"
}

// keepParts returns a VM as a step left it, with the parts that the step's result leaves out.
func keepParts(after, before *zstack.VirtualMachine) *zstack.VirtualMachine {
	whole := *after
	if len(whole.Volumes) == 0 {
		whole.Volumes = before.Volumes
	}
	if len(whole.NICs) == 0 {
		whole.NICs = before.NICs
	}

	return &whole
}

// Read implements [lifecycle.Adapter]. A VM in the recycle bin is gone.
func (a *adapter) Read(ctx context.Context, before model, uuid string) (model, diag.Diagnostics, error) {
	found, err := a.client.VirtualMachine(ctx, uuid)
	if err != nil {
		return before, nil, err
	}
	if gone(found.State) {
		return before, nil, &apierr.Error{Kind: apierr.NotFound, Object: uuid, Messages: []string{"the VM is in the recycle bin"}}
	}
	read, err := a.readTags(ctx, before.observed(found), uuid)

	return read, nil, err
}
