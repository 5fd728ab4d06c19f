package vsphere

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"
)

// TestListCIS_unknownTasks lists tasks though unknown ones among them fail the list as a whole, whichever error says so.
func TestListCIS_unknownTasks(t *testing.T) {
	t.Parallel()
	for errorType, status := range map[string]int{"NOT_FOUND": http.StatusNotFound, "INVALID_ARGUMENT": http.StatusBadRequest} {
		client := newWire(t, func(w http.ResponseWriter, r *http.Request) {
			var body struct {
				Filter struct {
					Tasks []string `json:"tasks"`
				} `json:"filter_spec"`
			}
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			answer := map[string]any{}
			for _, id := range body.Filter.Tasks {
				answer[id] = map[string]string{"status": "RUNNING"}
			}
			if slices.Contains(body.Filter.Tasks, "lost") || slices.Contains(body.Filter.Tasks, "old") {
				answer = map[string]any{"error_type": errorType}
				w.WriteHeader(status)
			}
			_ = json.NewEncoder(w).Encode(answer)
		})
		found, err := client.tasks.ListCIS(t.Context(), []string{"a", "lost", "b", "c", "old"})
		if got := slices.Sorted(maps.Keys(found)); err != nil || !slices.Equal(got, []string{"a", "b", "c"}) {
			t.Errorf("%s: found %v, %v", errorType, got, err)
		}
	}
}
