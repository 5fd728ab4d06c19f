package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// The fields that every line of the log has that an operation writes.
const (
	logObject    = "object"    // what is worked on, in words: VM "web-1"
	logOperation = "operation" // what is done to it
)

// logged returns a context whose log lines name the object and what is done to it.
func logged[M Model[M]](ctx context.Context, object M, operation string) context.Context {
	return tflog.SetField(tflog.SetField(ctx, logObject, object.Creation().Object), logOperation, operation)
}
