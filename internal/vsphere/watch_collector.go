package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// soapCollector is a [collector] on vCenter.
type soapCollector struct {
	session *session
	self    types.ManagedObjectReference
}

// openCollector makes a PropertyCollector of our own, which ends with the session at the latest.
func (s *session) openCollector(ctx context.Context) (collector, error) {
	c := &soapCollector{session: s}
	err := s.vimCall(ctx, httpapi.Call{Op: "CreatePropertyCollector"}, func(ctx context.Context, vim *vim25.Client) error {
		answer, err := methods.CreatePropertyCollector(ctx, vim,
			&types.CreatePropertyCollector{This: vim.ServiceContent.PropertyCollector})
		if err != nil {
			return err //nolint:wrapcheck // vimCall classifies it
		}
		c.self = answer.Returnval

		return nil
	})
	if err != nil {
		return nil, err
	}

	return c, nil
}

func (c *soapCollector) filter(ctx context.Context, groups []filterGroup) error {
	spec := filterSpec(groups)

	return c.session.vimOnce(ctx, httpapi.Call{Op: "CreateFilter"}, c.session.timeout,
		func(ctx context.Context, vim *vim25.Client) error {
			_, err := methods.CreateFilter(ctx, vim, &types.CreateFilter{This: c.self, Spec: spec})

			return err //nolint:wrapcheck // vimOnce classifies it
		})
}

func (c *soapCollector) wait(ctx context.Context, version string) (*types.UpdateSet, error) {
	seconds := int32(longestWait.Seconds())
	var set *types.UpdateSet
	err := c.session.vimOnce(ctx, httpapi.Call{Op: "WaitForUpdatesEx"}, longestWait+c.session.timeout,
		func(ctx context.Context, vim *vim25.Client) error {
			answer, err := methods.WaitForUpdatesEx(ctx, vim, &types.WaitForUpdatesEx{
				This: c.self, Version: version, Options: &types.WaitOptions{MaxWaitSeconds: &seconds},
			})
			if err != nil {
				return err //nolint:wrapcheck // vimOnce classifies it
			}
			set = answer.Returnval

			return nil
		})

	return set, err
}

func (c *soapCollector) interrupt(ctx context.Context) error {
	return c.session.vimOnce(ctx, httpapi.Call{Op: "CancelWaitForUpdates"}, c.session.timeout,
		func(ctx context.Context, vim *vim25.Client) error {
			_, err := methods.CancelWaitForUpdates(ctx, vim, &types.CancelWaitForUpdates{This: c.self})

			return err //nolint:wrapcheck // vimOnce classifies it
		})
}

func (c *soapCollector) destroy(ctx context.Context) error {
	return c.session.vimOnce(ctx, httpapi.Call{Op: "DestroyPropertyCollector"}, c.session.timeout,
		func(ctx context.Context, vim *vim25.Client) error {
			_, err := methods.DestroyPropertyCollector(ctx, vim, &types.DestroyPropertyCollector{This: c.self})

			return err //nolint:wrapcheck // vimOnce classifies it
		})
}

func (c *soapCollector) is(id string) bool { return id == c.self.Value }
