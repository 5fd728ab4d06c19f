package zstackclone

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// System tags that have an argument of their own: what stands before the value.
const (
	affinityGroupTag = "affinityGroupUuid::"
	provisioningTag  = "volumeProvisioningStrategy::"
)

// setIn returns a set attribute of an object, null where the object has none.
func setIn(object types.Object, name string) types.Set {
	if set, ok := object.Attributes()[name].(types.Set); ok {
		return set
	}

	return types.SetNull(types.StringType)
}

// withTag returns the tags and the one that a value of its own stands for.
func withTag(tags []string, key string, value types.String) []string {
	if value.ValueString() == "" {
		return tags
	}
	tags = append(tags, key+value.ValueString())
	slices.Sort(tags)

	return tags
}

// readTags returns m with the tags that the platform tells, of those that the configuration manages.
func (a *adapter) readTags(ctx context.Context, m model, uuid string) (model, error) {
	if !m.SystemTags.IsNull() || !m.AffinityGroupUUID.IsNull() {
		there, err := a.client.SystemTags(ctx, uuid)
		if err != nil {
			return m, err
		}
		m = m.observedSystemTags(there)
	}
	if !m.UserTags.IsNull() {
		there, err := a.client.UserTags(ctx, uuid)
		if err != nil {
			return m, err
		}
		m.UserTags = lifecycle.TextSet(tagTexts(there))
	}

	return m, nil
}

// observedSystemTags returns m with those of its system tags that are there. The affinity group is the one that a tag names.
func (m model) observedSystemTags(there []zstack.Tag) model {
	present := tagTexts(there)
	if !m.SystemTags.IsNull() {
		m.SystemTags = lifecycle.TextSet(slices.DeleteFunc(lifecycle.TextsIn(m.SystemTags), func(tag string) bool { return !slices.Contains(present, tag) }))
	}
	if wanted := m.AffinityGroupUUID.ValueString(); wanted != "" && !slices.Contains(present, affinityGroupTag+wanted) {
		m.AffinityGroupUUID = types.StringNull()
		for _, tag := range present {
			if group, is := strings.CutPrefix(tag, affinityGroupTag); is {
				m.AffinityGroupUUID = types.StringValue(group)
			}
		}
	}

	return m
}

// tagTexts returns the texts of tags, sorted and each once.
func tagTexts(tags []zstack.Tag) []string {
	all := make([]string, len(tags))
	for i, tag := range tags {
		all[i] = tag.Tag
	}
	slices.Sort(all)

	return slices.Compact(all)
}

// tagWork is the change of one kind of tags.
type tagWork struct {
	read   func(ctx context.Context, uuid string) ([]zstack.Tag, error)
	create func(ctx context.Context, uuid, tag string) (task.Handle[zstack.Tag], error)
	wanted []string                  // those that must be there
	drops  func(tag zstack.Tag) bool // those that must not
}

// setTags brings the tags of a VM to where the plan wants them. It compares with what is there, so that it can be repeated.
func (a *adapter) setTags(ctx context.Context, uuid string, work tagWork) error {
	there, err := work.read(ctx, uuid)
	if err != nil {
		return err
	}
	for _, tag := range there {
		if tag.Inherent || !work.drops(tag) {
			continue
		}
		_, err := run(ctx, a, func(ctx context.Context) (task.Handle[struct{}], error) { return a.client.DeleteTag(ctx, tag.UUID) })
		if err != nil && !apierr.Is(err, apierr.NotFound) {
			return err
		}
	}
	present := tagTexts(there)
	for _, tag := range work.wanted {
		if slices.Contains(present, tag) {
			continue
		}
		if _, err := run(ctx, a, func(ctx context.Context) (task.Handle[zstack.Tag], error) {
			return work.create(ctx, uuid, tag)
		}); err != nil {
			return err
		}
	}

	return nil
}
