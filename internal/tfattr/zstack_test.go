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
	tests := map[string]textCase{
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
	checkTexts(t, tests)
}

// TestZStackTags has tags of every form.
func TestZStackTags(t *testing.T) {
	t.Parallel()
	const group = "20debd9bc9594d70b1ec81d7d31b29cc"
	const wantSystem = ` at must be a system tag, such as "ha::NeverStop": a key and its value with two colons between them, or one word.`
	const wantUser = " at must be a tag without white space around it."
	system, user := tfattr.ZStackSystemTag(), tfattr.ZStackTag()
	checkTexts(t, map[string]textCase{
		"a key and a value":         {system, "ha::NeverStop", "", ""},
		"a word":                    {system, "qemuga", "", ""},
		"a value with spaces":       {system, "hostname::web 1", "", ""},
		"a value with colons":       {system, "staticIp::net::10.0.0.9", "", ""},
		"an affinity group":         {system, "affinityGroupUuid::" + group, "", ""},
		"thin":                      {system, "volumeProvisioningStrategy::ThinProvisioning", "", ""},
		"thick":                     {system, "volumeProvisioningStrategy::ThickProvisioning", "", ""},
		"no tag":                    {system, "", "Invalid system tag", "The tag is empty." + wantSystem},
		"a blank tag":               {system, " \t", "Invalid system tag", "The tag is empty." + wantSystem},
		"a space around it":         {system, "ha::NeverStop ", "Invalid system tag", `The tag "ha::NeverStop " has white space around it.` + wantSystem},
		"a key with a space":        {system, "my ha::x", "Invalid system tag", `The key of "my ha::x" has white space in it.` + wantSystem},
		"two words":                 {system, "two words", "Invalid system tag", `The key of "two words" has white space in it.` + wantSystem},
		"no key":                    {system, "::x", "Invalid system tag", `"::x" has no key.` + wantSystem},
		"no value":                  {system, "ha::", "Invalid system tag", `"ha::" has no value.` + wantSystem},
		"an affinity group by name": {system, "affinityGroupUuid::spread", "Invalid system tag", `"affinityGroupUuid::spread" names no affinity group by its uuid.` + wantSystem},
		"another provisioning": {
			system, "volumeProvisioningStrategy::Thin", "Invalid system tag", `"Thin" is neither ThinProvisioning nor ThickProvisioning.` + wantSystem,
		},
		"a user tag":             {user, "any text :: at all", "", ""},
		"no user tag":            {user, "", "Invalid tag", "The tag is empty." + wantUser},
		"a user tag with spaces": {user, "\nx", "Invalid tag", `The tag "\nx" has white space around it.` + wantUser},
	})
	for _, value := range []types.String{types.StringNull(), types.StringUnknown()} {
		if said := validate(t, system, path.Root("at"), value); said != nil {
			t.Errorf("%s: %v", value, said)
		}
	}
}

// textCase is what a validator says of a text: nothing without a summary.
type textCase struct {
	validator validator.String
	give      string
	summary   string
	detail    string
}

func checkTexts(t *testing.T, tests map[string]textCase) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := path.Root("at")
			checkDiagnostics(t, validate(t, test.validator, at, types.StringValue(test.give)), at, test.summary, test.detail)
		})
	}
}
