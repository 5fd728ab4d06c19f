package lifecycle

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// The arguments that bound the operations, for texts about deadlines.
var (
	CreateTimeout = path.Root("timeouts").AtName("create")
	ReadTimeout   = path.Root("timeouts").AtName("read")
	UpdateTimeout = path.Root("timeouts").AtName("update")
	DeleteTimeout = path.Root("timeouts").AtName("delete")
)

// Timeouts is how long operations may take where the configuration says nothing.
type Timeouts struct {
	Create, Read, Update, Delete time.Duration
	// Shutdown is how long a guest gets to shut down before its VM is switched off.
	Shutdown time.Duration
}

// TimeoutTexts describes the attribute timeouts in a schema.
type TimeoutTexts struct {
	About  string // all of them
	Create string // what timeouts.create bounds, as it follows "How long" and goes before "may take"
	Update string
	Delete string
}

// Attribute returns the attribute timeouts.
func (t Timeouts) Attribute(ctx context.Context, texts TimeoutTexts) schema.Attribute {
	describe := func(what string, length time.Duration) string {
		return fmt.Sprintf("How long %s may take, as a number with a unit (`s`, `m`, `h`). Default: `%s`.", what, InWords(length))
	}
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: describe(texts.Create, t.Create),
		ReadDescription:   describe("a refresh", t.Read),
		UpdateDescription: describe(texts.Update, t.Update),
		DeleteDescription: describe(texts.Delete, t.Delete),
	})

	return tfattr.DescribedTimeouts(attribute, texts.About)
}

// InWords writes a length of time as a configuration would: 3m, not 3m0s.
func InWords(length time.Duration) string {
	if minutes := length.Minutes(); length%time.Minute == 0 {
		return fmt.Sprintf("%.0fm", minutes)
	}

	return length.String()
}

// Timeout returns how long an operation may take: at is one of the arguments of timeouts, otherwise what applies where the configuration
// leaves it out. The value's own methods write a line to the log for each argument that is left out.
func Timeout(value timeouts.Value, at path.Path, otherwise time.Duration) (time.Duration, diag.Diagnostics) {
	name, _ := at.Steps().LastStep()
	text, _ := value.Attributes()[name.String()].(types.String)

	return tfattr.Duration{StringValue: text}.Length(at, otherwise)
}

// CheckTimeouts refuses a known timeout that leaves no time: the schema of timeouts takes every length, negative ones too.
func CheckTimeouts(value timeouts.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	for name, element := range value.Attributes() {
		text, ok := element.(types.String)
		if !ok {
			continue
		}
		if length, err := time.ParseDuration(text.ValueString()); err != nil || length > 0 {
			continue // the schema has refused what is no length of time
		}
		_, problem := tfattr.Duration{StringValue: text}.Length(path.Root("timeouts").AtName(name), 0)
		diags.Append(problem...)
	}

	return diags
}
