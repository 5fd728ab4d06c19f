package bare

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
)

var _ resource.ResourceWithIdentity = (*bareResource)(nil)

// bareResource has the shape of another resource.
type bareResource struct {
	name     string
	shape    schemaShape
	identity map[string]struct{}
}

// Metadata names the resource.
func (r *bareResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.name
}

// Schema is the shape's.
func (r *bareResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: attributesOf[schema.Attribute](r.shape.Block.Attributes, &resp.Diagnostics)}
}

// IdentitySchema is the shape's. All identities are texts.
func (r *bareResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	attributes := make(map[string]identityschema.Attribute, len(r.identity))
	for name := range r.identity {
		attributes[name] = identityschema.StringAttribute{RequiredForImport: true}
	}
	resp.IdentitySchema = identityschema.Schema{Attributes: attributes}
}

// Create takes the plan for what was made.
func (r *bareResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.Append(settle(ctx, req.Plan, &resp.State, resp.Identity)...)
}

// Read takes what is known for what there is. A CLI that stores no identity is told it anew.
func (r *bareResource) Read(ctx context.Context, _ resource.ReadRequest, resp *resource.ReadResponse) {
	identify(ctx, resp.Identity)
}

// Update takes the plan for what came of it.
func (r *bareResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.Append(settle(ctx, req.Plan, &resp.State, resp.Identity)...)
}

// Delete has nothing to end.
func (r *bareResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// settle makes a state of a plan, and an identity.
func settle(ctx context.Context, plan tfsdk.Plan, state *tfsdk.State, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	var diags diag.Diagnostics
	settled, err := known(plan.Raw)
	if err != nil {
		diags.AddError("The bare resource could not make a state of its plan", err.Error())

		return diags
	}
	state.Raw = settled
	identify(ctx, identity)

	return diags
}

// identify sets an identity, unless the resource has none.
func identify(ctx context.Context, identity *tfsdk.ResourceIdentity) {
	if identity != nil {
		identity.Raw = constant("", identity.Schema.Type().TerraformType(ctx))
	}
}
