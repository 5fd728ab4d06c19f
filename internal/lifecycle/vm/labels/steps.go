package labels

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Client is the part of [vsphere.Client] that labels need.
type Client interface {
	Tag(ctx context.Context, id string) (vsphere.Tag, error)
	TagCategory(ctx context.Context, id string) (vsphere.TagCategory, error)
	AttachedTags(ctx context.Context, vmID string) ([]string, error)
	AttachTags(ctx context.Context, vmID string, tagIDs []string) error
	DetachTags(ctx context.Context, vmID string, tagIDs []string) error

	CustomAttributes(ctx context.Context) ([]vsphere.CustomAttribute, error)
	SetCustomAttribute(ctx context.Context, vmID string, key int32, value string) error

	MissingLabelPrivileges(ctx context.Context, on vsphere.LabelSubject, tags, attributes bool) ([]apierr.MissingPrivilege, error)
	MissingTagPrivileges(ctx context.Context) ([]apierr.MissingPrivilege, error)
}

var _ Client = (*vsphere.Client)(nil)

// Model is the model of a resource that embeds [Labels].
type Model[M any] interface {
	vm.Model[M]

	ManagedLabels() Labels
	// WithLabels returns the model with the labels.
	WithLabels(labels Labels) M
}

// AfterCreate returns the steps that label a new VM: see [lifecycle.Adapter]. A tag or an attribute that can't be set leaves the VM in state.
func AfterCreate[M Model[M]](client Client, shared *lifecycle.Shared, plan, state M) []lifecycle.Step[M] {
	steps := Steps(client, shared, lifecycle.Change[M]{Plan: plan, State: state})
	for i := range steps {
		steps[i].Action = ofNew[steps[i].Action]
	}

	return steps
}

// The actions of a change, and in the words of a creation.
const (
	setTags       = "set the tags of"
	setAttributes = "set the custom attributes of"
)

var ofNew = map[string]string{setTags: "set its tags", setAttributes: "set its custom attributes"}

// Steps returns what brings the labels of a VM from its state to the plan.
func Steps[M Model[M]](client Client, shared *lifecycle.Shared, change lifecycle.Change[M]) []lifecycle.Step[M] {
	wanted, present := change.Plan.ManagedLabels(), change.State.ManagedLabels()
	id := change.State.ObjectID()
	var steps []lifecycle.Step[M]
	if !wanted.Tags.IsNull() && !wanted.Tags.Equal(present.Tags) {
		steps = append(steps, tagStep[M](client, id, wanted))
	}
	if edit := wanted.attributeEdit(present); len(edit) > 0 {
		steps = append(steps, attributeStep[M](client, shared, id, wanted, edit))
	}

	return steps
}

// tagStep attaches and detaches tags. Those that leave go first: an object has one tag at most of some categories. A VM whose tags were not
// managed is asked for them.
func tagStep[M Model[M]](client Client, id string, wanted Labels) lifecycle.Step[M] {
	change := func(ctx context.Context, state M) error {
		present := lifecycle.TextsIn(state.ManagedLabels().Tags)
		var err error
		if state.ManagedLabels().Tags.IsNull() {
			present, err = client.AttachedTags(ctx, id)
		}
		attach, detach := wanted.tagEdit(present)
		if err == nil && len(detach) > 0 {
			err = client.DetachTags(ctx, id, detach)
		}
		if err == nil && len(attach) > 0 {
			err = client.AttachTags(ctx, id, attach)
		}

		return err
	}

	return lifecycle.Step[M]{
		Action: setTags, Told: true, Attributes: wanted.paths(nil),
		Do: func(ctx context.Context, state M) (M, diag.Diagnostics, error) {
			if err := change(ctx, state); err != nil {
				return state, nil, explained(ctx, client, err, id, true)
			}
			reached := state.ManagedLabels()
			reached.Tags = wanted.Tags

			return state.WithLabels(reached), nil, nil
		},
	}
}

// attributeStep sets custom attributes, one after the other. A value to remove of an attribute that is not defined any more is gone.
func attributeStep[M Model[M]](
	client Client, shared *lifecycle.Shared, id string, wanted Labels, edit map[string]string,
) lifecycle.Step[M] {
	change := func(ctx context.Context) error {
		names := slices.Sorted(maps.Keys(edit))
		defined, err := definitions(ctx, client, shared, names)
		keys := keysIn(defined)
		for _, name := range names {
			if err != nil {
				return err
			}
			key, known := keys[name]
			switch {
			case known:
				err = about(client.SetCustomAttribute(ctx, id, key, edit[name]), name)
			case edit[name] != "":
				err = undefined(name)
			}
		}

		return err
	}

	return lifecycle.Step[M]{
		Action: setAttributes, Told: true, Attributes: wanted.paths(edit),
		Do: func(ctx context.Context, state M) (M, diag.Diagnostics, error) {
			if err := change(ctx); err != nil {
				return state, nil, explained(ctx, client, err, id, false)
			}
			reached := state.ManagedLabels()
			reached.CustomAttributes = wanted.CustomAttributes

			return state.WithLabels(reached), nil, nil
		},
	}
}

// definitions returns the definitions of custom attributes. What was read lately is read again before a name is held for undefined: the same
// apply may have defined it.
func definitions(ctx context.Context, client Client, shared *lifecycle.Shared, names []string) ([]vsphere.CustomAttribute, error) {
	defined, err := lifecycle.Recently(ctx, shared, attributesKey, client.CustomAttributes)
	keys := keysIn(defined)
	if err == nil && slices.ContainsFunc(names, func(name string) bool { _, ok := keys[name]; return !ok }) {
		defined, err = client.CustomAttributes(ctx)
	}

	return defined, err
}

// attributesKey is what the definitions of custom attributes are known by: see [lifecycle.Once].
const attributesKey = "custom attributes"

// keysIn returns the keys by name of the custom attributes that VMs have.
func keysIn(defined []vsphere.CustomAttribute) map[string]int32 {
	keys := map[string]int32{}
	for _, attribute := range defined {
		if attribute.ForVMs() {
			keys[attribute.Name] = attribute.Key
		}
	}

	return keys
}

func undefined(name string) error {
	return &apierr.Error{
		Kind: apierr.InvalidArgument, Arguments: []string{name},
		Messages: []string{fmt.Sprintf("There is no custom attribute %q of virtual machines", name)},
	}
}

// about returns the error with the attribute that it is about.
func about(err error, name string) error {
	failure, ok := errors.AsType[*apierr.Error](err)
	if !ok {
		return err
	}
	own := *failure
	own.Arguments = append([]string{name}, failure.Arguments...)

	return own.Wrap(err)
}

// explained adds to the error of a denied change the privilege that the user lacks.
func explained(ctx context.Context, client Client, err error, vmID string, tags bool) error {
	if !vm.Denied(err) {
		return err
	}
	missing, askErr := client.MissingLabelPrivileges(ctx, vsphere.LabelSubject{VMID: vmID}, tags, !tags)
	if askErr == nil && tags {
		var everywhere []apierr.MissingPrivilege
		everywhere, askErr = client.MissingTagPrivileges(ctx)
		missing = append(everywhere, missing...)
	}
	if askErr != nil {
		return err
	}

	return vm.WithMissing(err, missing)
}
