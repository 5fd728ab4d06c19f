package zstack

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// queried are the records that the tests of this file query.
func queried() []map[string]any {
	return []map[string]any{
		{
			"uuid": "a1", "name": "web", "state": "Running", "cpuNum": 2, "memorySize": int64(1 << 30), "isShareable": true,
			"createDate": "Nov 14, 2017 10:20:57 PM", "hostUuid": "h1",
			"vmNics": []map[string]any{{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}},
		},
		{
			"uuid": "b2", "name": "Web-2", "state": "Stopped", "cpuNum": 4, "memorySize": int64(2 << 30), "isShareable": false,
			"createDate": "Nov 15, 2017 1:00:00 AM", "description": "50% off",
		},
		{
			"uuid": "c3", "name": "db=1", "state": "Running", "cpuNum": 16, "memorySize": int64(8 << 30), "isShareable": false,
			"createDate": "Dec 1, 2017 12:00:00 AM", "hostUuid": "h2", "description": "",
			"vmNics": []map[string]any{{"ip": "10.0.0.3"}},
		},
	}
}

// ask runs a query over the records and returns the names found, or the error.
func ask(query string) (string, map[string]any) {
	parameters, err := url.ParseQuery(query)
	if err != nil {
		return "address: " + err.Error(), nil
	}
	parsed, refused := parseQuery(parameters)
	if refused != nil {
		return fmt.Sprint(refused.status), nil
	}
	records := queried()
	if failure := parsed.check("Test", records); failure != nil {
		return failure.Code, nil
	}
	matching, failure := parsed.filter(records)
	if failure != nil {
		return failure.Code, nil
	}
	answer := parsed.answer(matching)
	var uuids []string
	page, _ := answer["inventories"].([]map[string]any)
	for _, record := range page {
		uuids = append(uuids, fmt.Sprint(record["uuid"]))
	}

	return strings.Join(uuids, " "), answer
}

func TestQueryConditions(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":                         "a1 b2 c3",
		"q=state=Running":          "a1 c3",
		"q=state!=Running":         "b2",
		"q=uuid?=a1,c3,zz":         "a1 c3",
		"q=uuid!?=a1,c3":           "b2",
		"q=uuid%3F%3Da1%2Cb2":      "a1 b2",
		"q=cpuNum>2":               "b2 c3",
		"q=cpuNum>=4":              "b2 c3",
		"q=cpuNum<16":              "a1 b2",
		"q=cpuNum<=2":              "a1",
		"q=cpuNum=16":              "c3", // as a number: as texts 16 is less than 2
		"q=cpuNum?=2,16":           "a1 c3",
		"q=memorySize>1.5e9":       "b2 c3",
		"q=name~=%25eb%25":         "a1 b2",
		"q=name~=web":              "a1", // no wildcard is added
		"q=name~=web__":            "b2",
		"q=name!~=web%25":          "c3",
		`q=description~=50\%25%25`: "b2",
		// The database compares texts without regard to case and to trailing spaces.
		"q=name=WEB":   "a1",
		"q=name=web++": "a1",
		"q=name>db":    "a1 b2 c3",
		// An absent value meets no comparison.
		"q=hostUuid=h1":                    "a1",
		"q=hostUuid!=h1":                   "c3",
		"q=hostUuid!?=h1":                  "c3",
		"q=hostUuid!~=h1":                  "c3",
		"q=hostUuid is null":               "b2",
		"q=hostUuid+is+null":               "b2",
		"q=hostUuid not null":              "a1 c3",
		"q=description=":                   "c3",
		"q=isShareable=true":               "a1",
		"q=isShareable!=true":              "b2 c3",
		"q=vmNics.ip=10.0.0.2":             "a1",
		"q=vmNics.ip~=10.0.0.%25":          "a1 c3",
		"q=vmNics.ip!=10.0.0.1":            "a1 c3", // one other address is enough
		"q=vmNics is null":                 "b2",
		"q=createDate>2017-11-14 23:00:00": "b2 c3",
		"q=createDate<2017-12-01":          "a1 b2",
		"q=state=Running&q=cpuNum>2":       "c3",
		"q=state=Running&q=state=Stopped":  "",
		// The operator is the first of the platform's list that occurs anywhere; separators are split as the platform does.
		"q=name=db=1":            "c3",
		"q=name==web":            "a1",
		"q==name=web":            "a1",
		"q=name=a!=b":            codeInternal,
		"q=name=x>=y":            codeInternal,
		"q=name":                 "400",
		"q==web":                 "400",
		"q=":                     "400",
		"q=nosuch=1":             codeInternal,
		"q=cpuNum=two":           codeInternal,
		"q=createDate>yesterday": codeInternal,
	} {
		// A space and a plus sign are the same in a URL; the table may use either.
		if got, _ := ask(strings.ReplaceAll(query, " ", "%20")); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

func TestQueryPages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ query, want, total string }{
		{"limit=2", "a1 b2", "<nil>"},
		{"limit=2&start=1", "b2 c3", "<nil>"},
		{"limit=2&start=2&replyWithCount=true", "c3", "3"},
		{"start=9&replyWithCount=TRUE", "", "3"},
		{"limit=0&replyWithCount=true", "", "3"},
		{"count=true", "", "3"},
		{"count=true&q=state=Running&limit=1", "", "2"},
		{"replyWithCount=no", "a1 b2 c3", "<nil>"},
		{"sort=name", "c3 a1 b2", "<nil>"},
		{"sort=+name", "c3 a1 b2", "<nil>"},
		{"sort=%2Bname", "c3 a1 b2", "<nil>"},
		{"sort=-name", "b2 a1 c3", "<nil>"},
		{"sort=-cpuNum", "c3 b2 a1", "<nil>"},
		{"sort=-createDate&limit=1", "c3", "<nil>"},
		{"sort=hostUuid", "b2 a1 c3", "<nil>"},
		{"sort=-cpuNum&q=state=Running&limit=1&start=1", "a1", "<nil>"},
		{"unknown=1&limit=1", "a1", "<nil>"},
		{"limit=1&limit=3", "a1", "<nil>"},
		{"limit=many", "400", ""},
		{"start=1.0", "400", ""},
		{"limit=-1", codeInvalidArgument, ""},
		{"groupBy=state", "a1 b2", "<nil>"},
		{"groupBy=state&sort=-cpuNum", "b2 a1", "<nil>"},
		{"groupBy=state,isShareable&replyWithCount=true", "a1 b2 c3", "3"},
		{"groupBy=hostUuid&q=state=Stopped", "b2", "<nil>"},
		{"groupBy=state&count=true", "", "3"}, // a count is of all records
		{"groupBy=nosuch", codeInternal, ""},
		{"sort=nosuch", codeInternal, ""},
		{"fields=uuid,nosuch", codeInternal, ""},
	} {
		got, answer := ask(test.query)
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.query, got, test.want)
		}
		if total := fmt.Sprint(answer["total"]); answer != nil && total != test.total {
			t.Errorf("%s: total %s, want %s", test.query, total, test.total)
		}
	}
}

func TestQueryFields(t *testing.T) {
	t.Parallel()
	_, answer := ask("fields=uuid,%20hostUuid&limit=2")
	if got, want := fmt.Sprint(answer["inventories"]), "[map[hostUuid:h1 uuid:a1] map[uuid:b2]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// FuzzQuery runs arbitrary queries: they neither panic nor return unknown records, and a valid query
// returns the same records without paging.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"q=name=web&limit=1", `q=name~=\%25_[(*+?`, "q=uuid!?=&sort=--name", "q=is null", "start=2147483647&limit=2147483647",
		"fields=,,&count=true", "q=vmNics..ip=1", "q=%00=%ff", "q=cpuNum>NaN", "q=!?=!~=~=",
	} {
		f.Add(seed)
	}
	known := []string{"a1", "b2", "c3"}
	f.Fuzz(func(t *testing.T, query string) {
		found, answer := ask(query)
		if answer == nil {
			return
		}
		page, _ := answer["inventories"].([]map[string]any)
		if total, given := answer["total"].(int); given && (total < len(page) || total > len(known)) {
			t.Errorf("%q: total %d of %d", query, total, len(page))
		}
		parameters, _ := url.ParseQuery(query)
		if parameters.Get("fields") != "" || parameters.Get("count") != "" {
			return
		}
		for _, name := range []string{"start", "limit"} {
			parameters.Del(name)
		}
		all, _ := ask(parameters.Encode())
		for uuid := range strings.FieldsSeq(found) {
			if !slices.Contains(known, uuid) || !strings.Contains(all, uuid) {
				t.Errorf("%q found %s, without paging %q", query, uuid, all)
			}
		}
	})
}

// FuzzCondition writes a condition and parses it, for fields and values that contain no operator.
func FuzzCondition(f *testing.F) {
	f.Add("name", 0, "web")
	f.Add("vmNics.ip", 6, "10.0.0.1, 10.0.0.2")
	f.Add("hostUuid", 10, "")
	f.Fuzz(func(t *testing.T, field string, index int, value string) {
		if field == "" || index < 0 || index >= len(operators) || strings.TrimSpace(field) != field {
			return
		}
		for _, text := range []string{field, value} {
			if strings.ContainsAny(text, "!=<>?~") || strings.Contains(text, "null") {
				return
			}
		}
		want := condition{field: field, operator: operators[index], value: value}
		if want.operator == in || want.operator == notIn {
			want.value, want.list = "", strings.Split(value, ",")
		}
		text := field + string(want.operator) + value
		if want.operator == isNull || want.operator == notNull {
			want.value = ""
			text = field + " " + string(want.operator)
		}
		got, refused := parseCondition(text)
		if refused != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v (%+v), want %+v", text, got, refused, want)
		}
	})
}
