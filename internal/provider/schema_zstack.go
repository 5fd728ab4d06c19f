package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

func zstackAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The ZStack management node whose VMs are forked. May be left out when nothing of ZStack is used, or when " +
			"`ZSTACK_HOST` and the variables of one login are set. Log in either as an account with its password or with an access key: " +
			"an environment that has both means the account. The connection is made when it is first needed.",
		Attributes: map[string]schema.Attribute{
			"endpoint": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Address of the management node, or of the TLS proxy in front of it: a host name or IP address, with a port " +
					"unless that is 443, such as `zstack.example.com`; or a URL. A management node without a proxy speaks plain HTTP at port 8080, " +
					"which anything on the way can read: `http://192.0.2.7`. Environment: `ZSTACK_HOST`, with the port in `ZSTACK_PORT`.",
				Validators: []validator.String{validZStackEndpoint()},
			},
			"account_name": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Account to log in as, such as `admin`. Environment: `ZSTACK_ACCOUNT_NAME`.",
				Validators:          []validator.String{tfattr.NotEmpty()},
			},
			"password": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "The account's password. Environment: `ZSTACK_ACCOUNT_PASSWORD`.",
				Validators:          []validator.String{tfattr.NotEmpty()},
			},
			"access_key_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Id of an access key, in place of account and password: requests are signed and no session is opened. " +
					"Environment: `ZSTACK_ACCESS_KEY_ID`.",
				Validators: []validator.String{tfattr.NotEmpty()},
			},
			"access_key_secret": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "The access key's secret. Environment: `ZSTACK_ACCESS_KEY_SECRET`.",
				Validators:          []validator.String{tfattr.NotEmpty()},
			},
			"ca_certificate": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Certificates of the authorities to trust for this server, in place of the system's: PEM text, or the " +
					"path of a PEM file. A certificate that has signed itself is its own authority.",
				Validators: []validator.String{validCACertificate()},
			},
			"allow_unverified_tls": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to trust any certificate. It lets anything between Terraform and ZStack read the password: give a " +
					"`ca_certificate` instead. Defaults to `false`.",
			},
			"time_zone": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "IANA name of the time zone that the management node runs in, such as `Asia/Shanghai`. Only access keys need " +
					"it: their requests are dated, and the management node compares that date to its own clock without heed to zones. Defaults to " +
					"`UTC`.",
				Validators: []validator.String{validTimeZone()},
			},
			"request_timeout": schema.StringAttribute{
				Optional:   true,
				CustomType: tfattr.DurationType{},
				MarkdownDescription: "How long one request may take before it is lost, as a duration such as `30s` or `2m`. Jobs may run " +
					"longer: they are asked about again and again. Defaults to `1m`.",
			},
		},
	}
}
