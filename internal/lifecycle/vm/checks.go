package vm

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Checks compares one plan with the inventory. It asks its questions at the same time, and the client makes few requests of them,
// together with those of other resources that are planned then.
type Checks struct {
	*Machines

	Creating, Unseen, Known bool // see [lifecycle.Planned]

	refused sync.Once
}

// Source checks the VM to make another one of. It is nil when it can't be used, or could not be asked for.
func (c *Checks) Source(ctx context.Context, id string) (*vsphere.VirtualMachine, diag.Diagnostics) {
	return c.SourceBy(ctx, id, c.SourceVM)
}

// SourceBy is Source of a VM that read reads: [Machines.SourceVM], or [Machines.RecentSource].
func (c *Checks) SourceBy(
	ctx context.Context, id string, read func(ctx context.Context, id string) (*vsphere.VirtualMachine, error),
) (*vsphere.VirtualMachine, diag.Diagnostics) {
	ref := tfdiag.Reference{Attribute: path.Root("source_vm_id"), What: "source VM", ID: id}
	source, err := read(ctx, id)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return nil, diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return nil, c.Skipped("that the source can be cloned", err)
	case source.ConnectionState != "" && source.ConnectionState != "connected":
		ref.Name = source.Name

		return nil, diag.Diagnostics{tfdiag.UnreachableVM(ref, source.ConnectionState)}
	case source.NoConfig:
		ref.Name = source.Name

		return nil, diag.Diagnostics{tfdiag.UnusableObject(ref, "vCenter can't read its configuration")}
	default:
		return source, nil
	}
}

// NameFree checks that the planned VM's name is free in the folder. The VM itself may have it, and so may a VM that is in state: the same
// plan may destroy or rename that one, also where this is the replacement of a tainted VM, which the CLI plans as if there were none. The
// apply waits for it: see [lifecycle.Names]. For a new VM (prior is nil) the same is true of one that is pending in state.
func (c *Checks) NameFree(
	ctx context.Context, plan Attributes, prior *Attributes, folder types.String, words tfdiag.Creation,
) diag.Diagnostics {
	if c.Creating || plan.Name.IsUnknown() || folder.IsUnknown() || folder.ValueString() == "" {
		return nil // a creation waits for its name
	}
	if prior == nil && c.Shared.Registry.Pending(words.ResourceType, plan.Name.ValueString()) {
		return nil
	}
	named, err := c.Client.NamedIn(ctx, folder.ValueString(), plan.Name.ValueString())
	if err != nil {
		return c.Skipped("that the name is free", err)
	}
	for _, vm := range named {
		if prior != nil && vm.ID == prior.ID.ValueString() {
			continue
		}
		if kindOf(vm) != "" {
			return diag.Diagnostics{words.AlreadyExists(c.origin(ctx, vm, c.Unseen))}
		}
		switch c.Shared.HolderOf(ctx, vm.ID, prior == nil) {
		case lifecycle.HolderManaged:
		case lifecycle.HolderForeign:
			return diag.Diagnostics{words.AlreadyExists(c.origin(ctx, vm, c.Unseen))}
		case lifecycle.HolderUnknown:
			return tfdiag.ForNow(diag.Diagnostics{words.AlreadyExists(c.origin(ctx, vm, true))})
		}
	}

	return nil
}

// PlacementPart returns the check of one object of the placement that the configuration names and that is not in state
// already; prior is what is in state, null for a new VM.
func (c *Checks) PlacementPart(kind vsphere.ObjectType, name, what string, prior, wanted types.String) lifecycle.Check {
	return func(ctx context.Context) diag.Diagnostics {
		if wanted.IsNull() || wanted.IsUnknown() || wanted.Equal(prior) {
			return nil
		}
		_, diags := c.Object(ctx, kind, tfdiag.Reference{
			Attribute: path.Root("placement").AtName(name), What: what, ID: wanted.ValueString(),
		})

		return diags
	}
}

// SourceVM reads the VM to create others from; a phase of the CLI asks for each once.
func (m *Machines) SourceVM(ctx context.Context, id string) (*vsphere.VirtualMachine, error) {
	return lifecycle.Once(ctx, m.Shared, sourceKey+id, func(ctx context.Context) (*vsphere.VirtualMachine, error) {
		return m.Client.VirtualMachine(ctx, id)
	})
}

// RecentSource is SourceVM as of the last minute, for many VMs that are made of one source one after another: see [lifecycle.Recently].
func (m *Machines) RecentSource(ctx context.Context, id string) (*vsphere.VirtualMachine, error) {
	return lifecycle.Recently(ctx, m.Shared, sourceKey+id, func(ctx context.Context) (*vsphere.VirtualMachine, error) {
		return m.Client.VirtualMachine(ctx, id)
	})
}

const sourceKey = "VM "

// Object checks that an object exists and can be used.
func (c *Checks) Object(
	ctx context.Context, kind vsphere.ObjectType, ref tfdiag.Reference,
) (vsphere.Object, diag.Diagnostics) {
	object, err := ReadObject(ctx, c.Shared, c.Client, kind, ref.ID)
	if err != nil && !apierr.Is(err, apierr.NotFound) {
		return object, c.Skipped(inWords(ref), err)
	}

	return object, usable(ref, object, err)
}

// Networks returns the checks that networks exist and can be used.
func (c *Checks) Networks(references []tfdiag.Reference) []lifecycle.Check {
	return c.Objects(LocatedNetworks(references))
}

// LocatedNetworks returns networks for [Checks.OneDatacenter].
func LocatedNetworks(references []tfdiag.Reference) []Located {
	located := make([]Located, len(references))
	for i, reference := range references {
		located[i] = Located{Kind: vsphere.TypeNetwork, Reference: reference}
	}

	return located
}

// Objects returns the checks that objects exist and can be used.
func (c *Checks) Objects(objects []Located) []lifecycle.Check {
	questions := make([]lifecycle.Check, len(objects))
	for i, object := range objects {
		questions[i] = func(ctx context.Context) diag.Diagnostics {
			_, diags := c.Object(ctx, object.Kind, object.Reference)

			return diags
		}
	}

	return questions
}

// Skipped is [CheckSkipped], but of several errors with the provider's configuration as their reason it returns the first only.
func (c *Checks) Skipped(what string, err error) diag.Diagnostics {
	skipped := CheckSkipped(what, err)
	if !skipped.HasError() {
		return skipped
	}
	var first diag.Diagnostics
	c.refused.Do(func() { first = skipped })

	return first
}

// ObjectReader reads objects of the inventory; [vsphere.Client] is one.
type ObjectReader interface {
	Object(ctx context.Context, kind vsphere.ObjectType, id string) (vsphere.Object, error)
}

// ReadObject reads an object that many resources have in common; a phase of the CLI asks for each once.
func ReadObject(
	ctx context.Context, shared *lifecycle.Shared, reader ObjectReader, kind vsphere.ObjectType, id string,
) (vsphere.Object, error) {
	return lifecycle.Once(ctx, shared, string(kind)+" "+id, func(ctx context.Context) (vsphere.Object, error) {
		return reader.Object(ctx, kind, id)
	})
}

// CheckObject checks that an object exists and can be used.
func CheckObject(
	ctx context.Context, shared *lifecycle.Shared, reader ObjectReader, kind vsphere.ObjectType, ref tfdiag.Reference,
) (vsphere.Object, diag.Diagnostics) {
	object, err := ReadObject(ctx, shared, reader, kind, ref.ID)
	if err != nil && !apierr.Is(err, apierr.NotFound) {
		return object, CheckSkipped(inWords(ref), err)
	}

	return object, usable(ref, object, err)
}

func inWords(ref tfdiag.Reference) string { return fmt.Sprintf("the %s %q", ref.What, ref.ID) }

// usable returns an error for an object that can't be used; err is nil, or says that there is no such object.
func usable(ref tfdiag.Reference, object vsphere.Object, err error) diag.Diagnostics {
	ref.Name = object.Name
	switch {
	case err != nil:
		return diag.Diagnostics{tfdiag.MissingObject(ref)}
	case !object.Accessible:
		return diag.Diagnostics{tfdiag.UnusableObject(ref, "it is not accessible")}
	case object.Maintenance:
		return diag.Diagnostics{tfdiag.UnusableObject(ref, "it is in maintenance mode")}
	default:
		return nil
	}
}

// CheckSkipped describes a question that the platform did not answer: the apply finds out. Where the provider's configuration is the
// reason, the apply would fail as well, so that is an error.
func CheckSkipped(what string, err error) diag.Diagnostics {
	if apierr.NeedsConfiguration(err) {
		return diag.Diagnostics{tfdiag.FromError(lifecycle.Connecting(tfdiag.VSphere), err)}
	}

	return diag.Diagnostics{tfdiag.PlanCheckSkipped(tfdiag.VSphere, what, err)}
}
