package tfattr_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// Of VMware's own addresses a fixed one is in the lower part of the range.
func TestMACAddress_range(t *testing.T) {
	t.Parallel()
	for address, fine := range map[string]bool{
		"00:50:56:00:00:00": true, "00:50:56:3f:ff:ff": true, "00:50:56:3F:FF:FF": true, "02:00:00:00:00:01": true,
		"00:50:56:40:00:00": false, "00:50:56:80:12:34": false, "00:50:56:BF:00:00": false,
	} {
		var said validator.StringResponse
		tfattr.MACAddress().ValidateString(t.Context(), validator.StringRequest{
			Path: path.Root("mac_address"), ConfigValue: types.StringValue(address),
		}, &said)
		if said.Diagnostics.HasError() || (said.Diagnostics.WarningsCount() == 0) != fine {
			t.Errorf("%s: %v", address, said.Diagnostics)
		}
	}
}
