package zstack_test

import (
	"encoding/json"
	"net/http"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

func TestQueryZone(t *testing.T) {
	t.Parallel()
	server, err := zstacksim.Start(zstacksim.Options{InsecureHTTP: true})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	answer, err := http.Get("http://" + server.Endpoint() + "/zstack/v1//zones")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var got struct {
		Inventories []struct {
			Name string `json:"name"`
		} `json:"inventories"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if len(got.Inventories) != 1 || got.Inventories[0].Name != "zone-1" {
		t.Errorf("got %+v", got)
	}
}
