package fuzz

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// A target is what calls are made of: a SOAP method of a type, or an operation of one of the REST APIs.
type target struct {
	soapType, soapMethod string

	zstack             bool
	verb, path, action string
}

func (t target) String() string {
	if t.soapMethod != "" {
		return t.soapType + "." + t.soapMethod
	}

	return strings.TrimSpace(t.verb + " " + t.path + " " + t.action)
}

// call is one call, ready to be sent.
type call struct {
	target target
	verb   string
	url    string // behind the endpoint
	body   []byte
}

// String returns the call as a person repeats it.
func (c call) String() string { return fmt.Sprintf("%s\n%s %s\n%s", c.target, c.verb, c.url, c.body) }

// draw draws a call of a target.
func (g *generator) draw(of target) call {
	if of.soapMethod == "" {
		return g.drawREST(of)
	}
	c := call{target: of, verb: http.MethodPost, url: "/sdk", body: g.envelope(of)}
	if g.chance(10) {
		c.body = g.spoil(c.body)
	}

	return c
}

// envelope draws a SOAP request.
func (g *generator) envelope(of target) []byte {
	kind, ok := types.TypeFunc()(of.soapMethod)
	if !ok {
		return nil
	}
	request := reflect.New(kind).Elem()
	g.fill(request, "", 0)
	this := g.objectOf(of.soapType)
	if g.chance(3) {
		this = g.reference("")
	}
	request.FieldByName("This").Set(reflect.ValueOf(this))
	endWaits(request)
	var body bytes.Buffer
	body.WriteString(`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>`)
	start := xml.StartElement{Name: xml.Name{Space: "urn:vim25", Local: of.soapMethod}}
	if err := xml.NewEncoder(&body).EncodeElement(request.Interface(), start); err != nil {
		fmt.Fprintf(&body, "<%s/>", of.soapMethod) // such a value has no XML
	}
	body.WriteString(`</Body></Envelope>`)

	return body.Bytes()
}

// endWaits makes a wait for updates end at once: without an end it is answered at a change, which may never come.
func endWaits(request reflect.Value) {
	if request.Type() == reflect.TypeFor[types.WaitForUpdatesEx]() {
		request.FieldByName("Options").Set(reflect.ValueOf(&types.WaitOptions{MaxWaitSeconds: new(int32(0))}))
	}
}

// spoil makes a text malformed: it cuts it, or changes some bytes, or repeats a part.
func (g *generator) spoil(text []byte) []byte {
	if len(text) == 0 {
		return []byte("{<")
	}
	at := g.random.IntN(len(text))
	switch g.random.IntN(4) {
	case 0:
		return text[:at]
	case 1:
		return append(bytes.Clone(text[:at]), text[at/2:]...)
	case 2:
		return bytes.ReplaceAll(text, []byte("vim25"), []byte("nonsense"))
	default:
		spoilt := bytes.Clone(text)
		for range 3 {
			spoilt[g.random.IntN(len(spoilt))] = byte(g.random.IntN(1 << 8))
		}

		return spoilt
	}
}

// drawREST draws a call of a REST operation: ids for the placeholders, and a body that names fields of the API.
func (g *generator) drawREST(of target) call {
	c := call{target: of, verb: of.verb}
	parts := strings.Split(of.path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = url.PathEscape(g.id())
		}
	}
	c.url = strings.Join(parts, "/")
	query := url.Values{}
	if of.action != "" && !of.zstack {
		query.Set("action", of.action)
	}
	for range g.random.IntN(3) {
		query.Add(pick(g.random, queryNames), g.id())
	}
	if encoded := query.Encode(); encoded != "" {
		c.url += "?" + encoded
	}
	if of.verb != http.MethodGet && of.verb != http.MethodDelete {
		c.body = g.restBody(of)
	}
	if g.chance(10) {
		c.body = g.spoil(c.body)
	}

	return c
}

func (g *generator) restBody(of target) []byte {
	body := g.object(0)
	if of.zstack && of.action != "" {
		body = map[string]any{of.action: body, "systemTags": []any{g.id()}}
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return []byte("{}")
	}

	return encoded
}

// queryNames are parameters of queries, of both platforms.
var queryNames = []string{
	"names", "vms", "hosts", "folders", "clusters", "datacenters", "resource_pools", "power_states", "types", "tasks", "filter.names", "q", "limit", "start",
	"sort", "count", "fields", "replyWithCount", "deleteMode", "vmw-task", "action", "uuid", "resourceUuids",
}

// fieldNames are the fields of bodies, of both platforms.
var fieldNames = []string{
	"source", "name", "placement", "folder", "resource_pool", "host", "cluster", "datastore", "disks_to_remove", "disks_to_update", "power_on", "guest_customization_spec",
	"filter_spec", "tasks", "services", "object_id", "object_ids", "tag_ids", "tag_id", "category_id", "description", "cardinality", "associable_types", "id", "type", "url",
	"names", "strategy", "full", "hostUuid", "clusterUuid", "systemTags", "userTags", "rootVolumeSystemTags", "primaryStorageUuidForRootVolume", "volumeUuid", "vmInstanceUuid",
	"rootVolumeUuid", "vmNicParams", "cpuNum", "memorySize", "platform", "tag", "resourceType", "resourceUuid", "accountName", "password", "offset", "uuid", "size", "ip",
}

// object draws a JSON object.
func (g *generator) object(depth int) map[string]any {
	drawn := map[string]any{}
	for range g.random.IntN(6) {
		drawn[pick(g.random, fieldNames)] = g.json(depth + 1)
	}

	return drawn
}

func (g *generator) json(depth int) any {
	if depth < 3 {
		switch g.random.IntN(5) {
		case 0:
			return g.object(depth)
		case 1:
			return []any{g.json(depth + 1), g.id()}
		}
	}

	return pick(g.random, []any{g.id(), g.id(), g.id(), g.text("name"), nil, true, false, 0, -1, 1e300, 2000, map[string]any{}, []any{}})
}

// id draws an id, of an object mostly.
func (g *generator) id() string {
	if g.chance(70) {
		return pick(g.random, g.objects).Value
	}

	return g.text("id")
}
