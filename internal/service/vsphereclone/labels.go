package vsphereclone

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/labels"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// WithLabels implements [labels.Model].
func (m model) WithLabels(changed labels.Labels) model {
	m.Labels = changed

	return m
}

// extras returns what has to be read of the machine besides what is always read.
func (m model) extras() vsphere.Extras {
	extras := m.Extras()
	extras.Settings = m.ManagesSettings()

	return extras
}

// labels checks tags and custom attributes.
func (c *checks) labels(ctx context.Context) diag.Diagnostics {
	return labels.Check(ctx, &c.Checks, c.client, c.config, c.plan, c.prior)
}
