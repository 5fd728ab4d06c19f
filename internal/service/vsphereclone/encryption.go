package vsphereclone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	vmdisks "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/disks"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

const argumentEncryption = "encryption"

// encryption is the part of the model for how the machine is encrypted. A null one is not managed.
type encryption struct {
	Encryption types.Object `tfsdk:"encryption"`
}

var encryptionTypes = map[string]attr.Type{"key_provider_id": types.StringType}

func encryptionAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		argumentEncryption: schema.SingleNestedAttribute{
			MarkdownDescription: "Encryption of the machine, and of its disks but those with a `storage_policy_id` of their own: that decides, and one that " +
				"encrypts takes the machine's key. It needs `storage_policy_id` with a policy that encrypts, such as vCenter's " +
				"`VM Encryption Policy`. The machine is encrypted, and decrypted where this is taken out, while it is off and has no snapshots. Unset: an encrypted " +
				"source's clone is encrypted with its key, and it is not managed.",
			Optional: true,
			Attributes: map[string]schema.Attribute{
				"key_provider_id": schema.StringAttribute{
					MarkdownDescription: "Name of the key provider, such as `kms`. A change encrypts the machine's keys anew (a shallow recrypt), also while it runs.",
					Required:            true,
					Validators:          []validator.String{tfattr.NotEmpty()},
				},
			},
		},
	}
}

// keyProvider returns the key provider, null where the machine's encryption is not managed.
func (e encryption) keyProvider() types.String {
	return lifecycle.StringIn(e.Encryption, "key_provider_id")
}

// disksToAdd returns the disks of placed, disks_to_add, that are no device of the machine yet. A disk of an encrypted machine that has no storage
// policy of its own gets the machine's, and is encrypted as the machine is.
func (m model) disksToAdd(placed types.Map) []vsphere.NewDisk {
	disks := vmdisks.ToAdd(placed)
	if m.keyProvider().IsNull() {
		return disks
	}
	for i := range disks {
		if disk := &disks[i]; disk.StoragePolicyID == "" {
			disk.StoragePolicyID, disk.Encrypted = m.StoragePolicyID.ValueString(), true
		}
	}

	return disks
}

// reconfigureEncryption adds to the reconfiguration the encryption that the plan e wants otherwise than the state.
func (e encryption) reconfigureEncryption(state encryption, spec *vsphere.ReconfigureSpec) {
	before, after := state.keyProvider(), e.keyProvider()
	if before.Equal(after) || after.IsUnknown() {
		return
	}
	spec.Encryption = &vsphere.EncryptionEdit{From: before.ValueString(), To: after.ValueString()}
}

// observedEncryption returns what is managed as the machine has it.
func (e encryption) observedEncryption(found *vsphere.VirtualMachine) encryption {
	switch {
	case e.Encryption.IsNull():
	case !found.Encrypted:
		e.Encryption = types.ObjectNull(encryptionTypes)
	default:
		e.Encryption = types.ObjectValueMust(encryptionTypes, map[string]attr.Value{"key_provider_id": types.StringValue(found.KeyProviderID)})
	}

	return e
}

// checkEncryption refuses encryption without a storage policy.
func (m model) checkEncryption() diag.Diagnostics {
	if m.Encryption.IsNull() || !m.StoragePolicyID.IsNull() {
		return nil
	}

	return diag.Diagnostics{tfdiag.Conflict(path.Root(argumentEncryption), "Encryption needs a storage policy that encrypts",
		"Set storage_policy_id to one, such as the id of vCenter's \"VM Encryption Policy\", which the data source vmfork_vsphere_object finds")}
}

// encryption checks what the plan changes of the encryption: that the key provider exists, that the storage policy agrees, and that the machine
// can be encrypted or decrypted now.
func (c *checks) encryption(ctx context.Context) diag.Diagnostics {
	var before types.String
	if c.prior != nil {
		before = c.prior.keyProvider()
	}
	after := c.plan.keyProvider()
	if after.IsUnknown() || after.Equal(before) {
		return nil
	}
	var diags diag.Diagnostics
	if id := after.ValueString(); id != "" {
		diags.Append(c.keyProvider(ctx, id)...)
	}
	diags.Append(c.policyAgrees(ctx, !after.IsNull())...)
	if c.prior != nil && (before.IsNull() || after.IsNull()) {
		diags.Append(c.canEncrypt(ctx, after.IsNull())...)
	}

	return diags
}

// encrypted reports whether the machine is encrypted, where changes take privileges more for it: where a disk is added, or the machine moves. A
// machine whose encryption is not managed is read.
func (c *checks) encrypted(ctx context.Context, changes vsphere.Changes) (bool, diag.Diagnostics) {
	switch {
	case !c.plan.keyProvider().IsNull():
		return true, nil
	case c.Shared.Process.Applying(), len(changes.Configuration.DisksToAdd) == 0 && changes.Relocation == nil:
		return false, nil
	}
	found, err := c.Client.VirtualMachine(ctx, c.prior.ObjectID())
	switch {
	case apierr.Is(err, apierr.NotFound):
		return false, nil // the next refresh says so
	case err != nil:
		return false, c.Skipped("whether the machine is encrypted", err)
	default:
		return found.Encrypted, nil
	}
}

// keyProvider checks that the key provider exists.
func (c *checks) keyProvider(ctx context.Context, id string) diag.Diagnostics {
	found, err := lifecycle.Once(ctx, c.Shared, "key provider "+id, func(ctx context.Context) ([]vsphere.Object, error) {
		return c.client.FindObjects(ctx, vsphere.TypeKeyProvider, id)
	})
	switch {
	case err != nil:
		return c.Skipped("that the key provider exists", err)
	case len(found) == 0:
		return diag.Diagnostics{tfdiag.MissingObject(tfdiag.Reference{
			Attribute: path.Root(argumentEncryption).AtName("key_provider_id"), What: "key provider", ID: id,
		})}
	default:
		return nil
	}
}

// policyAgrees checks that the storage policy of the plan encrypts where the machine is to be encrypted, and only there.
func (c *checks) policyAgrees(ctx context.Context, wanted bool) diag.Diagnostics {
	id := c.plan.StoragePolicyID.ValueString()
	if id == "" {
		return nil
	}
	encrypts, err := c.encrypts(ctx, id)
	switch {
	case apierr.Is(err, apierr.NotFound, apierr.InvalidArgument):
		return nil // the check of the policy says so
	case err != nil:
		return c.Skipped("that the storage policy encrypts", err)
	case encrypts == wanted:
		return nil
	case wanted:
		return diag.Diagnostics{tfdiag.Conflict(path.Root(argumentPolicy), fmt.Sprintf("The storage policy %q does not encrypt", id),
			"encryption needs one that does, such as vCenter's \"VM Encryption Policy\". Give the id of such a policy")}
	default:
		return diag.Diagnostics{tfdiag.Conflict(path.Root(argumentPolicy), fmt.Sprintf("The storage policy %q encrypts", id),
			"The machine is to be decrypted. Give the id of another policy, or take storage_policy_id out together with encryption")}
	}
}

// canEncrypt checks that the machine can be encrypted or decrypted: it must be off, and without snapshots.
func (c *checks) canEncrypt(ctx context.Context, decrypts bool) diag.Diagnostics {
	found, err := c.Client.VirtualMachine(ctx, c.prior.ObjectID())
	switch {
	case apierr.Is(err, apierr.NotFound):
		return nil // the next refresh says so
	case err != nil:
		return c.Skipped("that the machine can be encrypted", err)
	case !decrypts && found.Encrypted || decrypts && !found.Encrypted:
		return nil // no more than its key changes
	}
	at, what := path.Root(argumentEncryption), "encrypted"
	if decrypts {
		what = "decrypted"
	}
	goesOff := found.PowerState == vsphere.PoweredOn && c.plan.PowerOn.Equal(types.BoolValue(false))
	switch {
	case found.CurrentSnapshotID != "":
		return diag.Diagnostics{tfdiag.Conflict(at, fmt.Sprintf("A machine with snapshots can't be %s", what),
			fmt.Sprintf("%s has snapshots. Remove them first", c.prior.InWords()))}
	case decrypts && found.VirtualTPM:
		return diag.Diagnostics{tfdiag.Conflict(at, "A machine with a virtual TPM can't be decrypted",
			fmt.Sprintf("%s has one, whose secrets are encrypted. Remove it first, or keep encryption", c.prior.InWords()))}
	case found.PowerState != vsphere.PoweredOff && !goesOff:
		return diag.Diagnostics{tfdiag.NeedsPowerOff(at, c.prior.InWords(), "whether a machine is encrypted")}
	default:
		return nil
	}
}
