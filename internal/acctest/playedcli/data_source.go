package playedcli

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ReadDataSource reads a data source that has its client already, and returns the state as the model M, and the diagnostics.
// After an error the model is empty.
func ReadDataSource[M any](t *testing.T, source datasource.DataSource, config Config) (M, diag.Diagnostics) {
	t.Helper()
	var described datasource.SchemaResponse
	source.Schema(t.Context(), datasource.SchemaRequest{}, &described)
	kind := described.Schema.Type().TerraformType(t.Context())
	resp := datasource.ReadResponse{State: tfsdk.State{Schema: described.Schema, Raw: tftypes.NewValue(kind, nil)}}
	source.Read(t.Context(), datasource.ReadRequest{
		Config: tfsdk.Config{Schema: described.Schema, Raw: convert(t, kind, config)},
	}, &resp)
	var found M
	if !resp.Diagnostics.HasError() {
		if diags := resp.State.Get(t.Context(), &found); diags.HasError() {
			t.Fatal(diags)
		}
	}

	return found, resp.Diagnostics
}

// Only fails the test unless there is exactly the one diagnostic.
func Only(t *testing.T, diags diag.Diagnostics, want diag.Diagnostic) {
	t.Helper()
	if len(diags) != 1 || !diags[0].Equal(want) {
		t.Errorf("got:\n%+v\nwant:\n%+v", diags, want)
	}
}

// NoNull fails the test where a field of a model is null: then the mapping leaves out a value that the platform gave.
func NoNull(t *testing.T, model any) {
	t.Helper()
	fields := reflect.ValueOf(model)
	for _, field := range reflect.VisibleFields(fields.Type()) {
		if field.Anonymous {
			continue // its fields are visible
		}
		if value, ok := reflect.TypeAssert[interface{ IsNull() bool }](fields.FieldByIndex(field.Index)); !ok || value.IsNull() {
			t.Errorf("%s is null", field.Name)
		}
	}
}
