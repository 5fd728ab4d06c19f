package vsphereclone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// encryptedDisks refuses a storage policy that encrypts a disk of a machine that is not encrypted: vSphere encrypts a disk with its machine's key.
// What becomes of the machine is read only where such a policy is new.
func (c *checks) encryptedDisks(ctx context.Context) diag.Diagnostics {
	machine := c.plan.SourceVMID
	if c.prior != nil {
		machine = c.prior.ID
	}
	if machine.IsUnknown() || !c.plan.keyProvider().IsNull() {
		return nil
	}
	var (
		found     diag.Diagnostics
		encrypted []tfdiag.Reference
	)
	for _, policy := range c.givenPolicies() {
		if policy.Attribute.Equal(path.Root(argumentPolicy)) {
			continue // that of the machine: encryption says what it must be
		}
		encrypts, err := c.encrypts(ctx, policy.ID)
		switch {
		case apierr.Is(err, apierr.NotFound, apierr.InvalidArgument): // the check of the policies says so
		case err != nil:
			found.Append(c.Skipped("that the storage policy encrypts no disk of a machine that is not encrypted", err)...)
		case encrypts:
			encrypted = append(encrypted, policy)
		}
	}
	if len(encrypted) == 0 {
		return found
	}
	present, err := c.Client.VirtualMachine(ctx, machine.ValueString())
	switch {
	case apierr.Is(err, apierr.NotFound): // another check, or the next refresh, says so
		return found
	case err != nil:
		return append(found, c.Skipped("that the machine is encrypted, as a disk is to be", err)...)
	case present.Encrypted:
		return found
	}
	for _, policy := range encrypted {
		found.Append(tfdiag.Conflict(policy.Attribute, fmt.Sprintf("The storage policy %q encrypts, and the machine is not encrypted", policy.ID),
			"vSphere encrypts a disk with the key of its machine. Set encryption with a key_provider_id, and storage_policy_id of the machine to a policy "+
				"that encrypts; or give this disk another policy"))
	}

	return found
}

// encrypts reports whether a storage policy encrypts.
func (c *checks) encrypts(ctx context.Context, policyID string) (bool, error) {
	return lifecycle.Once(ctx, c.Shared, "encryption by "+policyID, func(ctx context.Context) (bool, error) {
		return c.client.StoragePolicyEncrypts(ctx, policyID)
	})
}
