package tfdiag_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// TestNoSecretPasses hides what a platform or a library might echo, wherever in the error it stands.
func TestNoSecretPasses(t *testing.T) {
	t.Parallel()
	const secret = "hunter2-Zq9"
	for _, echo := range []string{
		`Post "https://root:` + secret + `@vc.example.com/sdk": EOF`,
		"login failed: password=" + secret,
		"login failed: Password: " + secret + ", try again",
		`{"user":"root","password":"` + secret + `"}`,
		"Authorization: Basic " + secret,
		"authorization: Bearer " + secret,
		"Authorization: OAuth " + secret,
		"vmware-api-session-id: " + secret,
		"Cookie: " + secret,
		"<password>" + secret + "</password>",
		`<urn:password xsi:type="xsd:string">` + secret + "</urn:password>",
		"access_key_secret=" + secret,
		"AccessKeySecret: " + secret,
		"client secret: '" + secret + "'",
		"token=" + secret + ";",
	} {
		for name, err := range map[string]error{
			"message": &apierr.Error{Messages: []string{"Login failed", echo}},
			"cause":   (&apierr.Error{Kind: apierr.Unavailable}).Wrap(errors.New(echo)),
			"object":  &apierr.Error{Object: echo},
			"call":    &apierr.Error{Op: echo},
			"other":   errors.New(echo),
		} {
			d := tfdiag.FromError(tfdiag.Operation{Action: "log in"}, err)
			if strings.Contains(d.Summary()+d.Detail(), secret) {
				t.Errorf("%s: %q passes as %q", name, echo, d.Detail())
			}
		}
	}
}

// TestCausesStayInside prints only an error's own fields where they say anything.
func TestCausesStayInside(t *testing.T) {
	t.Parallel()
	err := (&apierr.Error{Messages: []string{"The login failed"}}).Wrap(errors.New("hunter2-Zq9"))
	if d := tfdiag.FromError(tfdiag.Operation{Action: "log in"}, err); strings.Contains(d.Detail(), "hunter2") {
		t.Errorf("got %q", d.Detail())
	}
}

// TestPlainWordsStay hides nothing that only speaks of secrets.
func TestPlainWordsStay(t *testing.T) {
	t.Parallel()
	const text = "Cannot complete login due to an incorrect user name or password. The token has expired."
	err := &apierr.Error{Kind: apierr.Unauthenticated, Code: "InvalidLogin", Messages: []string{text}}
	if d := tfdiag.FromError(tfdiag.Operation{Action: "log in"}, err); !strings.Contains(d.Detail(), text) {
		t.Errorf("got %q", d.Detail())
	}
}
