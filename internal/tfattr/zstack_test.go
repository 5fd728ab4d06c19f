package tfattr_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

func TestZStackTexts(t *testing.T) {
	t.Parallel()
	const good = "20debd9bc9594d70b1ec81d7d31b29cc"
	const wantUUID = ` at must be 32 lower-case hexadecimal digits, such as "20debd9bc9594d70b1ec81d7d31b29cc".`
	const wantName = " at must be a name of 1 to 255 characters without white space around it."
	const wantText = " at must be a text of at most 2048 characters without white space around it: trimspace() takes off what a heredoc adds."
	uuid, name, description := tfattr.ZStackUUID(), tfattr.ZStackName(), tfattr.ZStackDescription()
	tests := map[string]struct {
		validator validator.String
		give      string
		summary   string
		detail    string
	}{
		"a uuid":       {uuid, good, "", ""},
		"upper case":   {uuid, strings.ToUpper(good), "Invalid ZStack UUID", `"` + strings.ToUpper(good) + `" is not written as ZStack does. Give "` + good + `".` + wantUUID},
		"with dashes":  {uuid, "20debd9b-c959-4d70-b1ec-81d7d31b29cc", "Invalid ZStack UUID", `"20debd9b-c959-4d70-b1ec-81d7d31b29cc" is not written as ZStack does. Give "` + good + `".` + wantUUID},
		"a new line":   {uuid, good + "\n", "Invalid ZStack UUID", `"` + good + `\n" is not written as ZStack does. Give "` + good + `".` + wantUUID},
		"31 digits":    {uuid, good[1:], "Invalid ZStack UUID", `"` + good[1:] + `" is no uuid of ZStack.` + wantUUID},
		"33 digits":    {uuid, good + "0", "Invalid ZStack UUID", `"` + good + `0" is no uuid of ZStack.` + wantUUID},
		"no hex digit": {uuid, "g" + good[1:], "Invalid ZStack UUID", `"g` + good[1:] + `" is no uuid of ZStack.` + wantUUID},
		"no uuid":      {uuid, "", "Invalid ZStack UUID", `"" is no uuid of ZStack.` + wantUUID},

		"a name":                  {name, "web 1/ü%\\", "", ""},
		"a name of 255":           {name, strings.Repeat("ü", 255), "", ""},
		"a name of 256":           {name, strings.Repeat("ü", 256), "Invalid name", "The name has 256 characters." + wantName},
		"a name of 127 emoji":     {name, strings.Repeat("😀", 127) + "x", "", ""},
		"a name of 128 emoji":     {name, strings.Repeat("😀", 128), "Invalid name", "The name has 256 characters." + wantName},
		"no name":                 {name, "", "Invalid name", "The name is empty." + wantName},
		"a blank name":            {name, " \t\n", "Invalid name", "The name is empty." + wantName},
		"a name with a space":     {name, "web ", "Invalid name", `The name "web " has white space around it, which ZStack drops.` + wantName},
		"a name with a null":      {name, "\x00web", "Invalid name", `The name "\x00web" has white space around it, which ZStack drops.` + wantName},
		"a name with an NBSP":     {name, "web\u00a0", "", ""},
		"a text":                  {description, "line\n\nline", "", ""},
		"no text":                 {description, "", "", ""},
		"a text of 2048":          {description, strings.Repeat("ü", 2048), "", ""},
		"a text of 2049":          {description, strings.Repeat("ü", 2049), "Invalid description", "The description has 2049 characters." + wantText},
		"a text of 1025 emoji":    {description, strings.Repeat("😀", 1025), "Invalid description", "The description has 2050 characters." + wantText},
		"a heredoc":               {description, "line\n", "Invalid description", "The description has white space around it, which ZStack drops." + wantText},
		"a text of one new line":  {description, "\n", "Invalid description", "The description has white space around it, which ZStack drops." + wantText},
		"a text that starts late": {description, "  line", "Invalid description", "The description has white space around it, which ZStack drops." + wantText},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := path.Root("at")
			checkDiagnostics(t, validate(t, test.validator, at, types.StringValue(test.give)), at, test.summary, test.detail)
		})
	}
}
