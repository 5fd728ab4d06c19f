package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Schema describes the provider's configuration.
func (p *Provider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Fork virtual machines as code: everything that is made from an existing VM.",
		Attributes: map[string]schema.Attribute{
			"vsphere": vsphereAttribute(),
			"zstack":  zstackAttribute(),
		},
	}
}

func vsphereAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The vCenter Server whose VMs are forked. May be left out when nothing of vSphere is used, or when " +
			"`VSPHERE_SERVER`, `VSPHERE_USER` and `VSPHERE_PASSWORD` are set. The connection is made when it is first needed.",
		Attributes: map[string]schema.Attribute{
			"endpoint": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Address of the vCenter Server: a host name or IP address, with a port unless that is 443, such as " +
					"`vcenter.example.com`; or a URL, such as `https://vcenter.example.com:8443`. Environment: `VSPHERE_SERVER`.",
				Validators: []validator.String{validEndpoint()},
			},
			"username": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "User to log in as, such as `terraform@vsphere.local`. Environment: `VSPHERE_USER`.",
				Validators:          []validator.String{tfattr.NotEmpty(), validUsername()},
			},
			"password": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "The user's password. Environment: `VSPHERE_PASSWORD`.",
				Validators:          []validator.String{tfattr.NotEmpty()},
			},
			"thumbprint": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "SHA-256 or SHA-1 thumbprint of the server's certificate, in hexadecimal pairs with colons between " +
					"them. A server that shows exactly this certificate is trusted, whichever authority signed it.",
				Validators: []validator.String{validThumbprint()},
			},
			"ca_certificate": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Certificates of the authorities to trust for this server, in place of the system's: PEM text, or the " +
					"path of a PEM file.",
				Validators: []validator.String{validCACertificate()},
			},
			"allow_unverified_tls": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to trust any certificate. It lets anything between Terraform and vCenter read the password: " +
					"give a `thumbprint` or a `ca_certificate` instead. Defaults to `false`. Environment: `VSPHERE_ALLOW_UNVERIFIED_SSL`, " +
					"which applies only where neither of those two is given.",
			},
			"session_cache": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Folder in which the session is kept for the next run, in a file that only its owner can read. Unset, " +
					"every run logs in and out.",
				Validators: []validator.String{tfattr.NotEmpty()},
			},
			"api": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How the methods of vCenter's Web Services API are called: `soap`, or `json`, which is the same API as " +
					"JSON over HTTP and needs vCenter 8.0.1. Defaults to `soap`.",
				Validators: []validator.String{tfattr.OneOf(vsphere.APISOAP, vsphere.APIJSON)},
			},
			"max_concurrent_tasks": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "How many tasks that make or change VMs this provider runs on vCenter at a time; the others wait. " +
					"Unset, only Terraform's `-parallelism` limits them.",
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"request_timeout": schema.StringAttribute{
				Optional:   true,
				CustomType: tfattr.DurationType{},
				MarkdownDescription: "How long one request may take before it is lost, as a duration such as `30s` or `2m`. Tasks may run " +
					"longer: they are asked about again and again. Defaults to `1m`.",
			},
			"dry_run": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether a plan has vCenter itself check the clones, instant clones and relocations that it makes, as far as " +
					"their configuration is known: `CheckClone_Task`, `CheckInstantClone_Task` and `CheckRelocate_Task`, which change nothing. " +
					"Machines that differ in name alone share one check. Defaults to `true`.",
			},
		},
	}
}
