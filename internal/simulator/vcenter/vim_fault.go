package vcenter

import (
	"bytes"
	"net/http"
	"reflect"

	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// soapFaultDetail writes a fault as vCenter does: an element of the fault's name that carries its type.
type soapFaultDetail struct {
	fault types.BaseMethodFault
}

// MarshalXML implements xml.Marshaler.
func (d *soapFaultDetail) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	kind := reflect.TypeOf(d.fault).Elem().Name()
	start.Name.Local = kind + "Fault"
	start.Attr = append(start.Attr,
		xml.Attr{Name: xml.Name{Local: "xmlns"}, Value: "urn:vim25"},
		xml.Attr{Name: xml.Name{Local: "xmlns:xsi"}, Value: "http://www.w3.org/2001/XMLSchema-instance"},
		xml.Attr{Name: xml.Name{Local: "xsi:type"}, Value: kind},
	)

	return e.EncodeElement(d.fault, start)
}

type soapFaultEnvelope struct {
	XMLName xml.Name `xml:"soapenv:Envelope"`
	Env     string   `xml:"xmlns:soapenv,attr"`
	Code    string   `xml:"soapenv:Body>soapenv:Fault>faultcode"`
	Message string   `xml:"soapenv:Body>soapenv:Fault>faultstring"`
	Detail  struct {
		Fault *soapFaultDetail
	} `xml:"soapenv:Body>soapenv:Fault>detail"`
}

// writeSOAPFault answers a SOAP request with a fault, without govmomi.
func writeSOAPFault(w http.ResponseWriter, status int, p *problem) {
	envelope := soapFaultEnvelope{
		Env: "http://schemas.xmlsoap.org/soap/envelope/", Code: "ServerFaultCode", Message: p.message(),
	}
	envelope.Detail.Fault = &soapFaultDetail{fault: p.vimFault()}
	var out bytes.Buffer
	out.WriteString(xml.Header)
	if err := xml.NewEncoder(&out).Encode(envelope); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)

		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}
