package zstack

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestEveryOperationTakesNonsense sends parameters to every API that no client would send: they are refused or accepted, and
// the simulator does not panic.
func TestEveryOperationTakesNonsense(t *testing.T) {
	t.Parallel()
	server, err := Start(Options{InsecureHTTP: true, VMs: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	open, failure := server.openSession(account{uuid: adminAccount, name: adminName})
	if failure != nil {
		t.Fatal(failure)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	send := func(method, path, body string) string {
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL()+"/zstack"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "OAuth "+open.uuid)
		answer, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatalf("%s %s %s: %v", method, path, body, err)
		}
		defer answer.Body.Close()
		content, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}

		return fmt.Sprint(answer.StatusCode, " ", string(content))
	}
	uuids := []string{"nonsense", strings.Repeat("0", 32), server.ID("vm", "golden"), server.ID("vm", "golden-stopped")}
	for _, volume := range server.Volumes() {
		uuids = append(uuids, volume.UUID)
	}
	for _, operation := range server.router.operations {
		for _, uuid := range uuids {
			path := strings.ReplaceAll(operation.path, "{uuid}", uuid)
			for _, params := range nonsense(uuid) {
				body := fmt.Sprintf(`{%q:%s,"systemTags":null,"userTags":["",":: ::"]}`, operation.action, params)
				got := send(operation.method, path+"?deleteMode=Nonsense&q=uuid=%00", body)
				if got[0] == '5' && !strings.HasPrefix(got, "503") || strings.Contains(got, codeInternal) {
					t.Errorf("%s %s %s: %s", operation.method, path, body, got)
				}
			}
		}
	}
	server.Close() // ends the running jobs
	for _, job := range server.jobs {
		for failure := job.failure; failure != nil; failure = failure.Cause {
			if failure.Code == codeInternal {
				t.Errorf("%s: %s", job.method, failure.Details)
			}
		}
	}
}

func nonsense(uuid string) []string {
	return []string{
		`null`, `{}`, `[]`, `"text"`, `7`, `{"name":null}`, `{"name":7}`, `{"name":""}`, `{"names":null}`, `{"names":["",""]}`,
		`{"names":[null]}`, `{"names":["a","a"],"strategy":"Nonsense"}`, `{"name":"` + strings.Repeat("x", 300) + `"}`,
		`{"resourceUuid":7}`, `{"resourceUuid":"` + uuid + `","rootVolumeUuid":"` + uuid + `","name":"n"}`,
		`{"resourceType":"VmInstanceVO","resourceUuid":"` + uuid + `","tag":"::"}`, `{"cpuNum":-1,"memorySize":-1}`,
		`{"names":["n"],"clusterUuid":"x","hostUuid":"y","rootVolumeSystemTags":["::"],"dataVolumeSystemTags":[null]}`,
		`{"names":["n"],"full":true,"primaryStorageUuidForRootVolume":"` + uuid + `"}`, `{"type":"nonsense"}`,
	}
}

// TestGuard: a panic of the simulator ends one call and releases the inventory's lock.
func TestGuard(t *testing.T) {
	t.Parallel()
	server, err := Start(Options{InsecureHTTP: true, VMs: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for name, begin := range map[string]func(*call) (effect, *errorCode){
		"at the beginning": func(*call) (effect, *errorCode) { panic("a bug") },
		"in the effect":    func(*call) (effect, *errorCode) { return func() (any, *errorCode) { panic("a bug") }, nil },
	} {
		c := &call{operation: &operation{name: name, begin: begin}}
		if _, failure, _ := server.run(c); failure == nil || failure.Code != codeInternal || !strings.Contains(failure.Details, "a bug") {
			t.Errorf("%s: %+v", name, failure)
		}
	}
	if server.ID("zone", "zone-1") == "" {
		t.Error("the zone is gone")
	}
}
