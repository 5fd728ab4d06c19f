package vcenter

import (
	"testing"
)

func TestSoapMethod(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`<s:Envelope xmlns:s="x"><s:Header><operationID>1</operationID></s:Header><s:Body><Login xmlns="urn:vim25"/></s:Body></s:Envelope>`: "Login",
		`<Envelope><Body><Rename_Task/></Body></Envelope>`: "Rename_Task",
		`<Envelope><Body/></Envelope>`:                     "malformed",
		`nonsense`:                                         "malformed",
	} {
		if got := soapMethod([]byte(body)); got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
}
