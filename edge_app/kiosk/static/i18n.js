// English and simplified Chinese. Page texts have keys; texts from the server (reasons, joints,
// exercises) are looked up by their English text.
const ZH = {
  "station": "测试台", "class": "班级", "results": "成绩", "settings": "设置", "health": "状态",
  "log in": "教师登录", "log out": "退出", "language": "English",
  "start": "开始", "stop": "停止", "pause": "暂停", "resume": "继续", "undo": "撤销上一次",
  "again": "再来一次", "call off": "取消", "next": "下一位",
  "sound": "声音", "voice": "语音报数", "beep": "提示音", "off": "关闭", "sound is off": "点击打开声音",
  "guest": "练习者", "free practice": "自由练习", "strikes": "犯规",
  "ready": "请就位", "ready hint": "按“开始”，或举起一只手保持两秒", "ready hint touch": "请按“开始”",
  "waiting": "请保持不动", "go": "开始！", "settling": "时间到", "finished": "完成",
  "paused": "已暂停", "paused hint": "计时已停止",
  "camera lost": "摄像头没有画面", "camera lost hint": "正在重新连接，成绩已保留",
  "page lost": "与测试台的连接中断，正在重新连接",
  "show": "请露出：{joints}", "counts": "合格", "no count": "不合格",
  "fault number": "第 {n} 次",
  "ended time": "时间到", "ended strikes": "犯规次数已满", "ended gap": "休息过长", "ended cap": "已达到上限",
  "ended stopped": "已停止", "ended unfinished": "中断", "ended ": "进行中",
  "pin": "教师密码", "pin first": "首次使用：请设置教师密码（至少 4 位）", "pin ask": "请输入教师密码",
  "pin at kiosk": "首次密码须在测试台本机上设置。", "pin set": "设置密码", "cancel": "取消", "ok": "确定",
  "choose class": "选择班级", "everybody": "全部学生", "who is next": "下一位", "on the mat": "测试中",
  "call": "叫到垫上", "student": "学生", "number": "学号", "best today": "今日最好",
  "not yet": "未测", "import": "导入名单", "import hint": "带表头的 CSV 或 Excel 文件，或 OneRoster、Clever、SDS 的 zip 压缩包。先预览，再导入。",
  "encoding": "文字编码", "dates": "出生日期", "day-first": "日在前", "month-first": "月在前",
  "added": "新增", "changed": "更改", "moved": "换班", "left": "离班", "renamed": "班级改名",
  "names right": "（姓名若显示为乱码，请换一种编码）", "no changes": "没有变化",
  "last import": "上次导入：{name}，{time}", "undo import": "撤销上次导入",
  "undo import sure": "撤销上次导入？成绩不会丢失。",
  "undone": "已撤销：删除 {removed} 条，恢复 {restored} 条，保留 {kept} 条。",
  "good rows": "可导入的行", "bad rows": "有问题的行", "row": "行", "problem": "问题",
  "import all": "导入", "import good": "只导入正确的行",
  "no students": "还没有学生。请导入名单，或直接以练习者身份测试。",
  "add student": "添加学生", "first name": "名", "last name": "姓", "add": "添加",
  "live results": "最新成绩", "none yet": "还没有成绩",
  "date": "日期", "exercise": "项目", "protocol": "测试标准", "score": "成绩", "rejected": "不合格",
  "ended": "结束方式", "corrected": "已更正", "from": "从", "until": "到", "all": "全部",
  "export csv": "CSV", "export xlsx": "Excel", "export fitnessgram": "FitnessGram",
  "more": "更多", "repetition": "次数", "time": "时间",
  "verdict": "判定", "reason": "原因", "count it": "改为合格", "reject it": "改为不合格", "correct": "更正",
  "correct score": "更正成绩", "new score": "新成绩", "who": "更正人", "why": "原因（必填）",
  "corrections": "更正记录", "void": "作废此次测试", "valid": "恢复此次测试", "history": "历次成绩",
  "curve": "动作曲线", "rest": "还原", "extreme": "到位", "no evidence": "曲线已不再保存",
  "camera": "摄像头", "camera hint": "usb:  csi:0  rtsp://…  file:…", "reopen": "重新打开摄像头",
  "turn": "画面方向", "turn 0": "不旋转", "turn 90": "顺时针转 90°", "turn 180": "上下颠倒：转 180°",
  "turn 270": "逆时针转 90°", "mirror": "左右镜像",
  "zone": "测试区域", "zone hint": "用手指或鼠标在画面上画出垫子的区域，区域外的人不参与计数",
  "mat": "{n} 号垫", "mats": "垫子数量", "draw for": "画 {n} 号垫的区域",
  "recording": "正在录像", "video": "录像", "video off": "不录像（默认）",
  "video veiled": "录像：面部和周围模糊", "video plain": "录像：原画面",
  "video hint": "录像只存在本机，到期自动删除。开始前请征得同意。",
  "delete video": "删除录像", "delete sure": "确定删除此录像？",
  "whole picture": "整个画面", "countdown": "倒计时（秒）", "arm": "举手两秒可开始和停止",
  "save": "保存", "saved": "已保存", "station language": "测试台语言", "change pin": "更改密码",
  "old pin": "旧密码", "new pin": "新密码", "teacher checks": "由教师判断：", "source": "来源",
  "all good": "一切正常", "needs care": "需要处理", "frames a second": "画面/秒", "dropped": "未使用的画面",
  "opened": "摄像头打开次数", "a frame takes": "处理一帧（毫秒）", "where time goes": "各步骤用时（毫秒）",
  "watching": "连接的页面", "waiting rows": "待保存的记录", "disk": "可用磁盘（GB）", "memory": "内存（MB）",
  "temperature": "温度（°C）", "uptime": "已运行", "version": "版本", "latency": "事件到页面（毫秒）",
  "preprocess": "预处理", "network": "网络", "decode": "解码", "track": "跟踪", "counting": "计数",
  "picture": "画面压缩", "state good": "正常", "state opening": "正在打开", "state stale": "没有画面",
  "state frozen": "画面不动", "state gone": "已断开", "state ended": "视频已结束",
};
const EN = {
  "station": "Station", "class": "Class", "results": "Results", "settings": "Settings",
  "health": "Health", "log in": "Teacher", "log out": "Log out", "language": "中文",
  "start": "Start", "stop": "Stop", "pause": "Pause", "resume": "Resume", "undo": "Undo last",
  "again": "Again", "call off": "Cancel", "next": "Next",
  "sound": "Sound", "voice": "Spoken count", "beep": "Beeps", "off": "Off",
  "sound is off": "Tap for sound",
  "guest": "Guest", "free practice": "Free practice", "strikes": "Strikes",
  "ready": "Get ready", "ready hint": "Press Start, or hold one arm up for two seconds",
  "ready hint touch": "Press Start",
  "waiting": "Hold still", "go": "Go!", "settling": "Time!", "finished": "Done",
  "paused": "Paused", "paused hint": "The clock is stopped",
  "camera lost": "No picture from the camera",
  "camera lost hint": "Reconnecting. No results are lost.",
  "page lost": "The connection to the kiosk is lost. Reconnecting.",
  "show": "Show your {joints}", "counts": "Good", "no count": "No count",
  "fault number": "No. {n}",
  "ended time": "Time is up", "ended strikes": "Too many strikes", "ended gap": "Rested too long",
  "ended cap": "Highest score reached", "ended stopped": "Stopped",
  "ended unfinished": "Interrupted", "ended ": "Running",
  "pin": "Teacher's PIN", "pin first": "First start: choose a PIN for teachers (at least 4 characters)",
  "pin ask": "Enter the teacher's PIN",
  "pin at kiosk": "Set the first PIN at the kiosk itself.", "pin set": "Set PIN",
  "cancel": "Cancel", "ok": "OK",
  "choose class": "Class", "everybody": "All students", "who is next": "Who is next",
  "on the mat": "On the mat", "call": "Call", "student": "Student", "number": "Number",
  "best today": "Best today", "not yet": "not yet",
  "import": "Import a roster",
  "import hint": "A CSV or Excel file with headers, or a zip of OneRoster, Clever or SDS files. You get a preview before anything is stored.",
  "encoding": "Encoding", "dates": "Dates of birth", "day-first": "day first",
  "month-first": "month first", "added": "new", "changed": "changed", "moved": "moved",
  "left": "left", "renamed": "renamed", "names right": "(if these are garbled, choose another encoding)",
  "no changes": "Nothing changes", "last import": "Last import: {name}, {time}",
  "undo import": "Undo the last import", "undo import sure": "Undo the last import? Results are kept.",
  "undone": "Undone: {removed} entries removed, {restored} as before, {kept} kept.",
  "good rows": "good rows", "bad rows": "bad rows", "row": "Row",
  "problem": "Problem", "import all": "Import", "import good": "Import only the good rows",
  "no students": "No students yet. Import a roster, or test guests.",
  "add student": "Add a student", "first name": "First name", "last name": "Family name",
  "add": "Add", "live results": "Latest results", "none yet": "No results yet",
  "date": "Date", "exercise": "Exercise", "protocol": "Test", "score": "Score",
  "rejected": "No counts", "ended": "Ended by", "corrected": "corrected", "from": "From",
  "until": "Until", "all": "All", "export csv": "CSV",
  "export xlsx": "Excel", "export fitnessgram": "FitnessGram", "more": "More",
  "repetition": "Rep", "time": "Time", "verdict": "Verdict",
  "reason": "Reason", "count it": "Count it", "reject it": "Reject it", "correct": "Correct",
  "correct score": "Correct the score", "new score": "New score", "who": "Corrected by",
  "why": "Reason (required)", "corrections": "Corrections", "void": "Void this attempt",
  "valid": "Restore this attempt", "history": "Over time", "curve": "Movement",
  "rest": "rest", "extreme": "reached", "no evidence": "The curve has been deleted",
  "camera": "Camera", "camera hint": "usb:  csi:0  rtsp://…  file:…", "reopen": "Reopen the camera",
  "turn": "Turn the picture", "turn 0": "Not at all", "turn 90": "A quarter to the right",
  "turn 180": "Upside down: by half", "turn 270": "A quarter to the left",
  "mirror": "Exchange left and right",
  "zone": "Zone",
  "zone hint": "Draw the mat's zone with a finger or the mouse. People outside it are not counted.",
  "mat": "Mat {n}", "mats": "Mats in the picture", "draw for": "Draw mat {n}",
  "recording": "Recording video", "video": "Video", "video off": "No video (default)",
  "video veiled": "Video with faces and surroundings masked", "video plain": "Unmasked video",
  "video hint": "Videos stay on this device and are deleted after a set time. Ask for consent first.",
  "delete video": "Delete the video", "delete sure": "Delete this video?",
  "whole picture": "Whole picture", "countdown": "Countdown (seconds)",
  "arm": "Raise an arm for two seconds to start or stop",
  "save": "Save", "saved": "Saved", "station language": "Station language",
  "change pin": "Change the PIN", "old pin": "Old PIN", "new pin": "New PIN",
  "teacher checks": "Left to the teacher: ", "source": "Source",
  "all good": "No problems", "needs care": "Needs attention", "frames a second": "Frames per second",
  "dropped": "Frames dropped", "opened": "Camera openings", "a frame takes": "Time per frame (ms)",
  "where time goes": "Time per stage (ms per frame)", "watching": "Pages connected",
  "waiting rows": "Rows waiting to be stored", "disk": "Free disk (GB)", "memory": "Memory (MB)",
  "temperature": "Temperature (°C)", "uptime": "Uptime", "version": "Version",
  "latency": "Event to page (ms)",
  "preprocess": "Preprocess", "network": "Network", "decode": "Decode", "track": "Track",
  "counting": "Count", "picture": "Compress picture", "state good": "good",
  "state opening": "opening", "state stale": "no picture", "state frozen": "frozen",
  "state gone": "disconnected", "state ended": "clip ended",
};
// Texts of the exercises, the protocols, the counter and the kiosk.
export const SENTENCES_ZH = {
  "Come all the way up, until your arms are straight.": "撑到最高，手臂伸直。",
  "Come all the way up, until your legs are straight.": "站到最高，双腿伸直。",
  "Come up straight, both shoulders together.": "直着起身，两肩同时抬起。",
  "Go all the way back, until your shoulders touch the mat.": "完全躺回，肩膀碰到垫子。",
  "Keep your feet on the floor.": "双脚不要离地。",
  "Keep your hands off the floor.": "双手不要撑地。",
  "Lift your hips: keep your body straight.": "臀部抬高：身体保持挺直。",
  "Lower your hips: keep your body straight.": "臀部放低：身体保持挺直。",
  "Lift your shoulders higher.": "肩膀再抬高一些。",
  "Bend your elbow further.": "手肘再弯一些。",
  "Bring your hands above your head.": "双手举过头顶。",
  "Go lower, until your knee is near the floor.": "再低一些，膝盖接近地面。",
  "Not high enough: bring your chin over the bar.": "不够高：下巴要过杠。",
  "Bring your chin over the bar.": "下巴要过杠。",
  "Not low enough: bend your elbows further.": "不够低：手肘再弯一些。",
  "Keep your body straight from shoulders to feet.": "身体从肩到脚保持挺直。",
  "Go lower, until your elbows are at a right angle.": "再低一些，手肘弯成直角。",
  "Go lower, until your chest is a fist above the mat.": "再低一些，胸口离垫一拳。",
  "Not high enough: bring your chest to your thighs.": "不够高：胸口靠近大腿。",
  "Higher: your elbows must reach your knees.": "再高一些：手肘要碰到膝盖。",
  "Higher: your elbows must reach your thighs.": "再高一些：手肘要碰到大腿。",
  "Keep your hands at your head.": "双手放在头部。",
  "Keep your knees bent.": "保持屈膝。",
  "Keep your feet close to your body.": "双脚靠近身体。",
  "Not deep enough: bend your knees further.": "不够深：膝盖再弯一些。",
  "Keep your chest up.": "挺胸。",
  "Go down until your body is level over your hands.": "下去，身体在双手上方放平。",
  "Hold it longer.": "再坚持久一些。",
  "Not low enough: chest on the floor.": "不够低：胸口贴地。",
  "Lift both hands off the floor at the bottom.": "到底时双手离地。",
  "Go lower, until your thighs are level.": "再低一些，大腿与地面平行。",
  "Bring chest and legs closer together.": "胸和腿再靠近一些。",
  "That took too long: move without resting.": "用时过长：中途不要休息。",
  "Keep to the beat.": "跟上节拍。",
  "Mind your form.": "注意动作规范。",
  "The time was up.": "时间已到。",
  "The teacher decided.": "由教师判定。",
  "Lie down on your back.": "请仰卧躺平。",
  "Bend your knees.": "请屈膝。",
  "Get into the push-up position.": "请做好俯卧撑准备姿势。",
  "Straighten your arms.": "请伸直手臂。",
  "Stand up straight.": "请站直。",
  "Hang from the bar.": "请悬垂在单杠上。",
  "Lower your arms to your sides.": "请把手臂放到身体两侧。",
  "Get into the plank position.": "请做好平板支撑姿势。",
  "Straighten your body.": "请挺直身体。",
  // Error messages of the kiosk; those not listed are shown in English.
  "The disk is full.": "磁盘已满。",
  "the disk is nearly full": "磁盘快满了",
  "Another program holds the ledger.": "成绩库正被另一个程序占用。",
  "Not stored: the attempt itself is not in the ledger.": "没有可以保存到的测试记录。",
  "Something could not be stored: see the log.": "有内容未能保存，请查看日志。",
  "The disk is nearly full: videos are not stored.": "磁盘快满了，不再保存录像。",
  "an attempt is under way: stop it first": "测试正在进行，请先停止",
  "the counting loop does not answer": "计数程序没有响应",
  "the counting loop has stopped: restart the kiosk": "计数程序已停止，请重新启动测试台",
  "wrong PIN": "密码不正确",
  "the teacher's PIN is needed": "需要教师密码",
  "the zone must lie within the picture": "测试区域必须在画面之内",
  "the zone is too small for a student": "测试区域太小，容不下一名学生",
  "the zones of two mats overlap: one student would count twice": "两个垫子的区域重叠，一名学生会被计两次",
  "a student needs a name": "请填写学生姓名",
  "the file is empty": "文件是空的",
  "is empty": "为空",
  "is empty, and there is no other name": "为空，也没有其他姓名",
  "contains a control character": "含有控制字符",
  "a correction needs a name and a reason": "更正需要填写更正人和原因",
  "no picture from the camera": "摄像头没有画面",
  "the camera is disconnected": "摄像头已断开",
  "the camera's picture is frozen": "摄像头画面不动",
  "the clip ended": "视频已结束",
};
const WORDS_ZH = {
  "nose": "头", "neck": "颈部", "shoulder": "肩膀", "elbow": "手肘", "wrist": "手腕", "hip": "髋部",
  "knee": "膝盖", "ankle": "双脚", "eye": "头", "ear": "头",
  "sit-up": "仰卧起坐", "push-up": "俯卧撑", "squat": "深蹲", "crunch": "卷腹", "v-sit-up": "V 字仰卧起坐",
  "pull-up": "引体向上", "jumping jack": "开合跳", "lunge": "弓步蹲", "curl": "弯举",
  "burpee": "波比跳", "plank": "平板支撑（秒）", "hand-release push-up": "离手俯卧撑",
  "free practice": "自由练习", "China one-minute sit-up": "一分钟仰卧起坐（国标）",
  "China pull-up": "引体向上（国标）", "FitnessGram curl-up": "FitnessGram 卷腹",
  "FitnessGram 90° push-up": "FitnessGram 90° 俯卧撑", "IPPT push-up": "IPPT 俯卧撑",
  "IPPT sit-up": "IPPT 仰卧起坐",
};
const WORDS_EN = {
  "shoulder": "shoulders", "elbow": "elbows", "wrist": "hands", "hip": "hips", "knee": "knees",
  "ankle": "feet", "nose": "head", "eye": "head", "ear": "head",
  "sit-up": "Sit-up", "push-up": "Push-up", "squat": "Squat", "crunch": "Crunch",
  "v-sit-up": "V-sit-up", "pull-up": "Pull-up", "jumping jack": "Jumping jack", "lunge": "Lunge",
  "curl": "Curl", "burpee": "Burpee", "plank": "Plank (seconds)",
  "hand-release push-up": "Hand-release push-up", "free practice": "Free practice",
};

let language = localStorage.getItem("language") || "";

export function currentLanguage() { return language || "en"; }

/** The station's language, unless this browser has chosen its own. */
export function suggest(code) {
  if (!localStorage.getItem("language") && code !== language) { language = code; apply(); }
}

export function toggleLanguage() {
  language = currentLanguage() === "en" ? "zh" : "en";
  localStorage.setItem("language", language);
  apply();
}

export function t(key, values = {}) {
  const text = (currentLanguage() === "zh" ? ZH : EN)[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function sentence(text) {
  return currentLanguage() === "zh" ? SENTENCES_ZH[text] ?? text : text;
}

export function word(text) {
  return (currentLanguage() === "zh" ? WORDS_ZH : WORDS_EN)[text] ?? text;
}

/** Joints as one phrase; ears, eyes and nose are one head. */
export function joints(names) {
  const words = [...new Set(names.map(word))];
  if (currentLanguage() === "zh") return words.join("、");
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words.join("");
}

export function apply(root = document) {
  document.documentElement.lang = currentLanguage() === "zh" ? "zh-CN" : "en";
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  document.dispatchEvent(new Event("language"));
}
