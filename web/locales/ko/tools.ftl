# 다른 사람이 쓴 스크립트와 실행 열기.

open-help = packetdrill 스크립트(.pkt)가 실행이 됩니다. 호스트 A는 이 TCP, 호스트 B는 스크립트입니다. 텍스트로 저장한 실행도 열 수 있습니다. 브라우저 밖으로는 아무것도 나가지 않습니다.
open-file = 파일 (여기에 끌어다 놓아도 됩니다)
open-text = 또는 텍스트 붙여 넣기
open-dialect = 방언
open-policy = 정책
open-as-script = 스크립트에 적힌 대로
open-go = 열기
open-too-large = 스크립트나 실행이라기에는 너무 큰 파일입니다.
dialect-linux = Linux
dialect-freebsd = FreeBSD

script-holds = 스크립트대로입니다.
script-fails = 스크립트대로가 아닙니다.
script-packets = 패킷 { $packets }개
script-ran = 패킷 { $packets }개, 방언 { $dialect }, 정책 { $policy }.
script-differs = 실행으로 보여 줄 수 없습니다. 패킷이 가는 데 시간이 걸리면 이 TCP의 { $packet }번째 패킷이 달라집니다.
script-nothing = 보여 줄 패킷이 없습니다.
script-look = 실행 보기
script-report = 결과 보기
script-failed-script = 스크립트를 읽을 수 없거나, 여기에 없는 것을 요구합니다.
script-failed-packet = 스크립트가 기대한 것과 다른 세그먼트를 보냈습니다.
script-failed-packet-time = 스크립트가 기대한 것과 다른 때에 세그먼트를 보냈습니다.
script-failed-no-packet = 스크립트는 세그먼트를 기대했지만 오지 않았습니다.
script-failed-result = 호출이 다른 값을 돌려주었습니다.
script-failed-call = 적힌 대로는 할 수 없는 호출입니다.
script-failed-time = 이 줄의 시각이 이미 지났습니다.
script-failed-assertion = 여기서 단언한 것이 성립하지 않습니다.
script-expected = 스크립트의 기대
script-actual = 이 TCP가 보낸 것
script-no-packet = 없음
script-details = packetdrill의 말로
